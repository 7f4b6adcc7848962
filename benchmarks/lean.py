"""Read files and do nothing else, with as few imports as can be: the floor under any tool.

By columns of a row group, since ``pyarrow.parquet.read_table`` imports half of pandas first.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: F401 - whatever scores arrays needs it
import pyarrow.csv as pc
import pyarrow.parquet as pq

COLUMNS = 50
"""Read at a time: a row group of a thousand columns is never held as a whole."""


def rows(path: str) -> int:
    if path.endswith(".csv"):
        return int(pc.read_csv(path).num_rows)
    with pq.ParquetFile(path, pre_buffer=False) as file:
        names = file.schema_arrow.names
        for group in range(file.num_row_groups):
            for start in range(0, len(names), COLUMNS):
                file.read_row_group(group, columns=names[start : start + COLUMNS])
        return int(file.metadata.num_rows)


if __name__ == "__main__":
    if len({rows(path) for path in sys.argv[1:]}) > 1:
        sys.exit("the files differ in length")
