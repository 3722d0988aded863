"""Which expression is wrong although everything it uses is right: found by intervention."""
