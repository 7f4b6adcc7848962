from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from evalcli.findings import Place
from evalcli.inputs.matching.index import IndexBuilder, hashes_of
from evalcli.inputs.matching.keys import keys_of

PLACE = Place("y.csv", "id")


def index(ids: list[Any], parts: int = 2, hashes: Any = hashes_of) -> Any:
    builder = IndexBuilder(PLACE, hashes)
    cut = max(len(ids) // parts, 1)
    for start in range(0, len(ids), cut):
        builder.add(pa.array(ids[start : start + cut]))
    return builder.done()


def found(where: Any, ids: list[Any]) -> list[int]:
    return where.find(keys_of(pa.array(ids), PLACE, 0)).tolist() if ids else []


PREDICTIONS = "id,prob_a,prob_b\n3,0.9,0.1\n1,0.2,0.8\n2,0.6,0.4\n"
LABELS = "id,label\n1,b\n2,a\n3,a\n"


def saved_pair(folder: Path, predictions: str, labels: str) -> tuple[Path, str, Path]:
    (folder / "p.csv").write_text(predictions)
    (folder / "y.csv").write_text(labels)
    return folder / "p.csv", "-l", folder / "y.csv"
