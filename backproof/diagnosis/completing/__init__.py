"""A file without ``backprop`` or ``example``: what can be made of what is in it, and what has to be added."""
