"""From files to Arrow record batches of the requested columns. One module per format.

Loaders know columns and types, not tasks or metrics. Only this package opens prediction files.
"""

FILE = "file"
"""Column that can be requested of several files: the file that a row is from."""
STATE_KEY = "evalcli.state."
"""Key in the metadata of an Arrow file of states, before the number of their format."""
