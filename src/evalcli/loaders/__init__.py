"""Files in, Arrow record batches of the columns that are asked for out. One module per format.

Loaders know columns and types, nothing of tasks or metrics. Only this package opens prediction files.
"""

FILE = "file"
"""A column that can be asked for of several files: which of them a row is from."""
