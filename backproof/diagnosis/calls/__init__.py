"""How a program is called: its arguments, what comes back, and which gradient is of which parameter."""
