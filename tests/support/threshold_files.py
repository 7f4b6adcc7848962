from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

N = 400
RNG = np.random.default_rng(21)
Y = RNG.random(N) < 0.3
LOGITS = RNG.normal(size=N) * 2 + 2.2 * Y - 1.5
PROBABILITIES = 1 / (1 + np.exp(-LOGITS))
SCORES = {
    "float64": PROBABILITIES,
    "float32": PROBABILITIES.astype(np.float32),
    "ties": np.round(PROBABILITIES, 1),
    "logits": LOGITS,
}


def write_scores(folder: Path, scores: Any, truth: Any = Y, name: str = "p") -> Path:
    np.savez(folder / f"{name}.npz", label=truth.astype(np.int64), p=scores)
    return folder / f"{name}.npz"
