"""Honest data of any number of classes, and the notes that it gets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support.command_line import Cli

N = 4000


def rng() -> np.random.Generator:
    return np.random.default_rng(12)


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def honest(k: int, shares: Any = None, n: int = N) -> tuple[Any, Any]:
    """Labels drawn from the probabilities that are given."""
    draw = rng()
    p = softmax(draw.normal(size=(n, k)) * 2 + np.log(np.ones(k) if shares is None else shares))
    y = (draw.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1).clip(max=k - 1)
    return y, p


def classes(y: Any, p: Any) -> dict[str, Any]:
    return {"label": y, **{f"p_{j}": np.ascontiguousarray(p[:, j]) for j in range(p.shape[1])}}


def notes(cli: Cli, folder: Path, columns: dict[str, Any], *arguments: str) -> dict[str, str]:
    pq.write_table(pa.table(columns), folder / "p.parquet")
    result = cli("score", folder / "p.parquet", *arguments, "-f", "json")
    assert result.code == 0, result.err
    found = {note["code"]: note["message"] for note in result.json["notes"]}
    tries = {n["code"]: n["try"] for n in result.json["notes"] if n["try"]}
    assert result.err == "".join(
        f"note: {message} [{code}]\n" + (f"  try: {tries[code]}\n" if code in tries else "")
        for code, message in found.items()
    )
    return found


def figures(message: str) -> list[float]:
    return [float(text) for text in re.findall(r"-?\d+\.\d+", message)]
