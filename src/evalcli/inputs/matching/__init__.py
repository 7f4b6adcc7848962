"""Ids of rows in, the label's row of each prediction out."""
