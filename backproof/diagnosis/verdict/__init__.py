"""Is each gradient right: on exact numbers, by differences, but for a guard, and in floating point."""
