"""Where results go: whole files or none, and tables of rows."""
