"""Made runs of a training: predictions of every epoch of two splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

PATTERN, LABELS = "{split}/epoch-{epoch}.npy", "{split}/y.npy"


def written(
    folder: Path, epochs: int = 8, rows: int = 400, k: int = 3, seed: int = 0, drift: float = 0.15
) -> Path:
    """A run that learns, and from its middle on overfits; the folder."""
    rng = np.random.default_rng(seed)
    for split in ("train", "val"):
        (folder / split).mkdir(parents=True, exist_ok=True)
        y = rng.integers(0, k, rows)
        np.save(folder / split / "y.npy", y)
        base, away = rng.normal(size=(2, rows, k))
        for epoch in range(1, epochs + 1):
            noise = base + 0.3 * rng.normal(size=(rows, k))
            gain = 2.0 * (1 - np.exp(-epoch / 3))
            if split == "val":
                noise = noise + drift * max(epoch - epochs / 2, 0) * away
            else:
                gain += 0.15 * epoch
            z = (1 + 0.2 * epoch) * (noise + gain * np.eye(k)[y])
            np.save(folder / split / f"epoch-{epoch}.npy", probabilities(z))
    return folder


def probabilities(z: np.ndarray) -> np.ndarray:
    """Of logits."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def words(folder: Path) -> list[str]:
    """The command on a made run."""
    return ["track", f"{folder}/{PATTERN}", "--labels", f"{folder}/{LABELS}"]
