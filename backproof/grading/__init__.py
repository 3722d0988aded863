"""Many programs on trial, on this machine or on a cluster, and the grades that come of it."""
