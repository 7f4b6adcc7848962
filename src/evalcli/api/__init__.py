"""The Python API: files and arrays to reports, without a command line."""
