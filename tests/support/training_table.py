"""The epochs of a made run below each other in one table."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd


def as_table(folder: Path, shuffled: int | None = None) -> pd.DataFrame:
    """Columns split, epoch, id, label and a probability of each class; rows may be shuffled."""
    parts = []
    for path in sorted(folder.glob("*/epoch-*.npy")):
        number = re.search(r"\d+", path.stem)
        assert number is not None
        found = np.load(path)
        table = pd.DataFrame(found, columns=[f"prob_{k}" for k in range(found.shape[1])])
        table.insert(0, "label", np.load(path.with_name("y.npy")))
        table.insert(0, "id", [f"{path.parent.name}-{row:04d}" for row in range(len(found))])
        table.insert(0, "epoch", int(number[0]))
        table.insert(0, "split", path.parent.name)
        parts.append(table)
    whole = pd.concat(parts, ignore_index=True)
    return whole if shuffled is None else whole.sample(frac=1, random_state=shuffled)
