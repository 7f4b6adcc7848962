from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RNG = np.random.default_rng(5)
N = 120
SETS = (RNG.random((N, 3)) < 0.4).astype(int)
P = np.round(1 / (1 + np.exp(-(RNG.normal(size=(N, 3)) + SETS))), 4)
NAMES = ("cat", "dog", "owl")
REAL = np.round(RNG.normal(size=N) * 3, 3)
GUESS = np.round(REAL + RNG.normal(size=N), 3)


def named(values: Any, before: str = "", after: str = "", order: str = "012") -> dict[str, Any]:
    return {f"{before}{NAMES[j]}{after}": np.ascontiguousarray(values[:, j]) for j in map(int, order)}


def write_columns(folder: Path, columns: dict[str, Any], stem: str = "p") -> Path:
    path = folder / f"{stem}.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=50)
    return path
