from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support.command_line import Result

N = 600
RNG = np.random.default_rng(8)
Y = RNG.integers(0, 3, N)
P = RNG.dirichlet([1, 1, 1], N)


P[np.arange(N), Y] += 0.7


P /= P.sum(axis=1, keepdims=True)


REGION = np.array(["eu", "us", "asia", None], object)[RNG.choice(4, N, p=[0.5, 0.3, 0.16, 0.04])]
SETS = RNG.random((N, 3)) < 0.4
REAL = np.round(RNG.gamma(2.0, size=N) + 0.1, 2)
COLUMNS: dict[str, dict[str, Any]] = {
    "binary": {"label": Y > 0, "p_True": P[:, 1] + P[:, 2]},
    "multiclass": {"label": Y, **{f"p_{j}": P[:, j] for j in range(3)}},
    "multilabel": {
        **{f"label_{j}": SETS[:, j] for j in range(3)},
        **{f"p_{j}": np.clip(P[:, j] / 2 + SETS[:, j] / 3, 0, 1) for j in range(3)},
    },
    "regression": {"y_true": REAL, "y_pred": REAL * RNG.gamma(9.0, 1 / 9, N)},
}


def write_rows(folder: Path, columns: dict[str, Any], name: str = "p.parquet") -> Path:
    pq.write_table(pa.table(columns), folder / name, row_group_size=70)
    return folder / name


def rules(result: Result) -> list[tuple[str, str]]:
    return [(rule["rule"], rule["verdict"]) for rule in result.json["gate"]["rules"]]
