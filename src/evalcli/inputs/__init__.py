"""From options and sources to blocks: roles of columns, classes, scale of scores, matching of rows."""
