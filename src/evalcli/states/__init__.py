"""States as files: how they are coded, written and read."""

SUFFIX = ".state"
MAGIC = b"ARROW1"
"""First bytes of every Arrow file."""
