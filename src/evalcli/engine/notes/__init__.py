"""Remarks on results: on the model's numbers, on the files, on slices."""
