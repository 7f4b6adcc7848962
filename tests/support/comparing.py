from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

NAMES = ("cat", "dog", "owl")


def two_models(n: int = 400, k: int = 3, seed: int = 0, gain: float = 0.4) -> tuple[Any, Any, Any]:
    """True classes, and probabilities of two models that agree mostly."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    base = rng.normal(size=(n, k))
    logits = base + 1.5 * np.eye(k)[y], base + 0.4 * rng.normal(size=(n, k)) + (1.5 + gain) * np.eye(k)[y]
    old, new = (np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) for z in logits)
    return y, old, new


def written(
    folder: Path, y: Any, *models: Any, order: Any = None, names: Sequence[str] = NAMES
) -> list[Path]:
    """The labels, and a file for each model, the later ones in another order."""
    ids = [f"r{i}" for i in range(len(y))]
    labels = folder / "y.csv"
    labels.write_text("id,label\n" + "".join(f"{i},{names[c]}\n" for i, c in zip(ids, y, strict=True)))
    files = [labels]
    for number, scores in enumerate(models):
        rows = np.arange(len(y)) if number == 0 or order is None else order
        path = folder / f"m{number}.csv"
        lines = [",".join(["id", *names])] + [
            ",".join([ids[row], *(repr(float(s)) for s in scores[row])]) for row in rows
        ]
        path.write_text("\n".join(lines) + "\n")
        files.append(path)
    return files
