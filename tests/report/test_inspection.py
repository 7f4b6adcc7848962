from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from evalcli.errors import InputError, UsageError
from evalcli.findings import Finding, Level, Place
from evalcli.report.inspection import ColumnRow, Diagnosis, FileRow

FILE = FileRow("predictions", "p.csv", "delimited text", 3)
COLUMN = ColumnRow("predictions", "p", "float64", "0 to 1", 0, 1, "score")


def diagnosis(*levels: Level) -> Diagnosis:
    findings = tuple(Finding(level, "some-code", f"message {j}") for j, level in enumerate(levels))
    return Diagnosis("1.0", ("inspect", "p.csv"), (FILE,), (COLUMN,), {"task": "binary"}, findings)


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [
        ((), "clean"),
        (("note",), "clean"),
        (("note", "warning"), "warnings"),
        (("error", "note"), "not scorable"),
        (("warning", "error"), "not scorable"),
    ],
)
def test_the_worst_finding_decides(levels: tuple[Level, ...], verdict: str) -> None:
    assert diagnosis(*levels).verdict == diagnosis(*levels).to_json()["verdict"] == verdict


def test_json_keeps_to_its_schema() -> None:
    schema = json.loads((files("evalcli") / "schema" / "inspect-1.json").read_text())
    for levels in ((), ("note", "warning", "error")):
        jsonschema.validate(json.loads(json.dumps(diagnosis(*levels).to_json())), schema)


def test_json_has_everything() -> None:
    found = diagnosis("warning").to_json()
    assert found["evalcli"] == {"version": "1.0", "command": ["inspect", "p.csv"]}
    assert found["files"] == [{"side": "predictions", "path": "p.csv", "form": "delimited text", "rows": 3}]
    (column,) = found["columns"]
    assert (column["name"], column["values"], column["infinite"]) == ("p", "0 to 1", 1)
    assert found["reading"] == {"task": "binary"}
    assert [finding["message"] for finding in found["findings"]] == ["message 0"]


def test_an_error_is_a_finding() -> None:
    where = Place("p.csv", "label", 3)
    error = InputError("a label is missing", where=where, code="missing-label", count=2, rows=(3, 9))
    found = error.finding.to_json()
    assert (found["level"], found["code"]) == ("error", "missing-label")
    assert found["message"] == "a label is missing"
    assert (found["count"], found["rows"], found["where"]) == (2, [3, 9], str(where))
    assert UsageError("wrong option").finding.to_json()["where"] is None
