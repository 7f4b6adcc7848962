from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from evalcli.report.provenance import InputFile, Provenance
from evalcli.report.report import ClassRow, Report
from evalcli.report.score import Score
from support.paths import GAMES


def made_report(
    metrics: Mapping[str, float | None],
    per_class: Mapping[str, Mapping[str, float | None]] | None = None,
    **more: Any,
) -> Report:
    """A report by hand: multiclass, with these values."""
    names = list(next(iter(per_class.values()))) if per_class else ["cat", "dog"]
    rows = {
        cls: ClassRow(5, {m: _score(m, values[cls]) for m, values in (per_class or {}).items()})
        for cls in names
    }
    source = Provenance(
        predictions=(InputFile("p.csv", 10, "0" * 64),),
        labels=None,
        truth=("label",),
        scores=tuple(f"prob_{name}" for name in names),
        predicted=None,
        scores_as="probabilities",
        scores_why="all values in [0, 1]",
        positive=None,
        threshold=None,
        id=None,
        weight=None,
        read=10,
        dropped={},
        labels_left=0,
        effective=None,
        options={
            "average": "macro",
            "exclude_class": [],
            "zero_division": "0",
            "bins": 15,
            "confidence": 0.95,
        },
        fingerprint="f" * 64,
    )
    return Report(
        version="0.1.0",
        command=("score", "p.csv"),
        task="multiclass",
        input=source,
        classes=tuple(names),
        metrics={name: _score(name, value) for name, value in metrics.items()},
        per_class=rows,
        confusion=None,
        **more,
    )


def _score(name: str, value: float | None) -> Score:
    better = "lower" if "loss" in name else "higher"
    reason = "nothing to divide by" if value is None else None
    return Score(value, better, 10, reason, interval_reason=None if value is None else "none")


GOOD = "label,prob_a,prob_b\na,0.9,0.1\nb,0.2,0.8\n"
OPTIONS_FILE = f"""
predictions = "{GAMES}"
label-col = "prob1_outcome"
score_cols = ["prob1"]
metrics = "f1,accuracy"
threshold = 0.5
no-intervals = true
fail-on = ["never-predicted"]

[fail-under]
f1 = 0.7
"recall:*" = "30%"
"""


def binary_file(folder: Path, n: int, name: str = "p.csv", **columns: Any) -> Path:
    rng = np.random.default_rng(n)
    y = rng.random(n) < 0.4
    p = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + 1.5 * y - 0.7))), 6)
    names = ["y", "p", *columns]
    rows = zip(y.astype(int), p, *columns.values(), strict=True)
    lines = [",".join(map(str, row)) for row in rows]
    path = folder / name
    path.write_text("\n".join([",".join(names), *lines, ""]))
    return path
