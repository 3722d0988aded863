"""What a step of SGD costs: the engines against the floor and against what people would otherwise write.

The engines are imported first, because that is what holds every library to one thread.
"""

import engines  # noqa: F401
