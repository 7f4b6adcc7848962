from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support.command_line import Result

N = 60
RNG = np.random.default_rng(6)
NAMES = ("cat", "dog", "ant")
Y = RNG.integers(0, 3, N)
P = np.eye(3)[Y] * 0.7 + 0.1
INDICATORS = (RNG.random((N, 3)) < 0.5).astype(int)
S = np.abs(INDICATORS - 0.2)


def put(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    if name.endswith(".npy"):
        np.save(path, content)
    else:
        pq.write_table(pa.table(content), path)
    return path


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result
    assert result.out == ""
    for word in words:
        assert word in result.err, result.err
