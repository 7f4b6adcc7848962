"""Seconds of one call, imports excluded: ``read`` a CSV file with pyarrow, or ``score`` it with labels."""

import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pyarrow.csv as pc

from evalcli.engine.score import score
from evalcli.inputs.options import Options

what, predictions, labels = sys.argv[1:]
start = time.perf_counter()
if what == "read":
    pc.read_csv(predictions)
else:
    score(Options(predictions, labels))
print(time.perf_counter() - start)
