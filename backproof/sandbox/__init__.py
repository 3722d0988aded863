"""A file is run where it can do little harm; what comes back is believed only after it has been read."""
