"""Score prediction files: exact metrics, intervals and CI gates from the command line."""

__version__ = "0.1.0"
