from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalcli.engine.compare import compare
from evalcli.inputs.options import Options
from evalcli.renderers.formats import render
from support.comparing import two_models, written


def test_json_has_the_changes_by_metric_and_the_flips_as_numbers(tmp_path: Path) -> None:
    y, old, new = two_models()
    labels, *models = written(tmp_path, y, old, new)
    comparison = compare([(m.name, Options(str(m), labels=str(labels))) for m in models]).comparison
    data = json.loads(render(comparison, "json"))
    assert (data["kind"], data["schema_version"], data["rows"]) == ("comparison", 1, 400)
    pair = data["against"][0]
    assert pair["changes"]["accuracy"]["change"] == comparison.find("accuracy").change
    assert isinstance(pair["flips"]["broken"], int) and isinstance(pair["flips"]["fixed"], int)
    assert len(pair["changes"]["accuracy"]["interval"]) == 2
    assert [model["name"] for model in data["models"]] == ["m0.csv", "m1.csv"]
    with pytest.raises(KeyError):
        comparison.find("nothing")
    assert comparison.verdict is None
