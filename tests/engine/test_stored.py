from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.stored import compare_stored
from evalcli.errors import InputError
from evalcli.gate.changes import compare_rules
from evalcli.report.reader import read_report
from support.command_line import Cli
from support.comparing import two_models, written


def test_values_are_compared_and_rules_are_undecided(cli: Cli, tmp_path: Path) -> None:
    y, old, new = two_models()
    labels, *models = written(tmp_path, y, old, new)
    for model in models:
        cli("score", model, "--labels", labels, "-o", model.with_suffix(".json"))
    reports = [(model.stem, read_report(str(model.with_suffix(".json")))) for model in models]
    found = compare_stored(reports, rules=compare_rules(["accuracy=0.1"]))
    change = found.find("accuracy")
    values = [report.metrics["accuracy"].value for _, report in reports]
    assert change.change == pytest.approx((values[1] or 0) - (values[0] or 0))
    assert change.interval is None and not found.paired
    assert found.verdict == "undecided"
    result = cli("compare", *(model.with_suffix(".json") for model in models))
    assert "not paired" in result.out and "p (Holm)" not in result.out
    assert cli("compare", models[0].with_suffix(".json"), models[1]).code == 2
    assert cli("compare", *(m.with_suffix(".json") for m in models), "--labels", labels).code == 2


def test_reports_of_other_labels_are_refused(cli: Cli, tmp_path: Path) -> None:
    reports = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        y, old, _ = two_models(seed=number)
        labels, model = written(folder, y, old)
        cli("score", model, "--labels", labels, "-o", folder / "r.json")
        reports.append((str(number), read_report(str(folder / "r.json"))))
    with pytest.raises(InputError, match="not comparable"):
        compare_stored(reports, rules=compare_rules())
