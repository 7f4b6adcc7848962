"""States as files: how they are coded, written and read."""
