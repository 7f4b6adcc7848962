"""Writing of results: complete files or none, and tables of rows."""
