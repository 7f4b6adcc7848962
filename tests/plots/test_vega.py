from __future__ import annotations

import json
from pathlib import Path

import altair
import pytest

import evalcli
from evalcli.plots.kinds import KINDS, Look, kinds_of
from evalcli.plots.vega import MAKERS, specification
from evalcli.plots.write import write_pictures
from support.comparing import two_models, written
from support.drawing import data, report


def test_every_kind_has_one() -> None:
    assert set(MAKERS) == set(KINDS)


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression"])
def test_specifications_are_valid_and_have_the_data(task: str) -> None:
    source = report(task)
    for kind in kinds_of(source):
        made = specification(kind, source, Look())
        chart = altair.Chart.from_dict(json.loads(json.dumps(made, allow_nan=False)))
        assert chart.to_dict(format="vega-lite")
        values = made["data"]["values"]  # type: ignore[index, call-overload]
        assert len(values) == len(data(kind.name, source))  # type: ignore[arg-type]
        assert _fields(made) <= set(values[0]) | _made(made)  # type: ignore[index, arg-type, operator]


def _fields(part: object) -> set[str]:
    """The columns that an encoding names."""
    if isinstance(part, dict):
        own = {part["field"]} if isinstance(part.get("field"), str) else set()
        return own.union(*(_fields(value) for name, value in part.items() if name != "data"))
    return set().union(*map(_fields, part)) if isinstance(part, list) else set()


def _made(spec: dict[str, object]) -> set[str]:
    """The columns that its transforms make."""
    found: set[str] = set()
    for step in spec.get("transform", []):  # type: ignore[attr-defined]
        names = step["as"]
        found |= set(names) if isinstance(names, list) else {names}
    return found


def test_a_file_and_a_comparison(tmp_path: Path) -> None:
    y, old, new = two_models()
    labels, *models = written(tmp_path, y, old, new)
    found = evalcli.compare(*models, labels=labels, metrics=["accuracy", "log_loss"])
    path = tmp_path / "changes.vl.json"
    write_pictures([KINDS["changes"]], found, Look(), str(path), 100)
    assert json.loads(path.read_text())["title"] == "m0.csv and m1.csv"
