from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 150
RNG = np.random.default_rng(4)
WEIGHT = RNG.integers(0, 4, ROWS)
Y = RNG.integers(0, 3, ROWS)
P = np.round(RNG.dirichlet([1, 1, 1], ROWS), 3)


P[:, 0] += 1 - P.sum(axis=1)


SETS = RNG.random((ROWS, 3)) < 0.4
REAL = np.round(RNG.gamma(2.0, size=ROWS) + 0.1, 2)
GUESS = np.round(REAL * RNG.gamma(9.0, 1 / 9, ROWS) + 0.01, 2)
TASKS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "binary": ({"label": Y > 0, "p_True": P[:, 1] + P[:, 2]}, []),
    "multiclass": ({"label": Y, **{f"p_{j}": P[:, j] for j in range(3)}}, []),
    "multilabel": (
        {**{f"y_{j}": SETS[:, j] for j in range(3)}, **{f"p_{j}": P[:, j] for j in range(3)}},
        ["--label-cols", "y_*", "--task", "multilabel"],
    ),
    "regression": ({"y_true": REAL, "y_pred": GUESS, "q_0.1": GUESS / 2, "q_0.9": GUESS * 2}, []),
}


def write_weighted(folder: Path, columns: dict[str, Any], stem: str) -> Path:
    path = folder / f"{stem}.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=40)
    return path
