"""Read the files with pyarrow and do nothing else: the floor under any tool."""

import sys

import pyarrow.csv as pc
import pyarrow.parquet as pq

if __name__ == "__main__":
    rows = {(pc.read_csv if path.endswith(".csv") else pq.read_table)(path).num_rows for path in sys.argv[1:]}
    if len(rows) > 1:
        sys.exit("the files differ in length")
