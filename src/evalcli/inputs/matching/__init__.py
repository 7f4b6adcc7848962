"""Matching of rows by ids: the label's row for each prediction."""
