"""Options and sources in, blocks out: what each column is, the classes, the scale, matched rows."""
