"""Which line of a hand-written backward pass is wrong, and what mends it: found by replaying the program itself."""
