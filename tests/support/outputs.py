from __future__ import annotations

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema

from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.report.report import Report
from evalcli.report.verdict import Baseline
from support.builders import made_report
from support.paths import DATA

JUNIT_SCHEMA = xmlschema.XMLSchema(str(DATA / "junit-10.xsd"))
VERDICTS = {
    "pass": (0, ("--fail-under", "f1=0.5")),
    "fail": (1, ("--fail-under", "f1=0.9", "--fail-under", "recall:9=0.1")),
    "undecided": (3, ("--fail-under", "f1=0.5", "--fail-under", "recall:9=0.1")),
    "none": (0, ()),
}
HOSTILE = (
    "a|b", "`c`", "<script>x</script>", "]]>", "a&b", "l1\nl2", "\x1b[31mred", "::error::x", "##[error]y",
    "@octocat", "*bold*_it_", "[l](http://x)", "$x$", "\\", "漢字", "\u202ertl", "~~s~~", "- li", "# h",
    "x" * 5000, "%0A", "a,b", '"q"', "\ttab", "=1+1",
)  # fmt: skip


def parsed(text: str, form: str) -> Any:
    """What a reader of the format sees; an error if it is not whole."""
    if form == "json":
        return json.loads(text, parse_constant=pytest.fail)
    if form in ("csv", "tsv"):
        rows = list(csv.reader(io.StringIO(text), delimiter="," if form == "csv" else "\t"))
        assert {len(row) for row in rows} == {len(rows[0])}
        return rows
    if form == "junit":
        JUNIT_SCHEMA.validate(text)
        return ElementTree.fromstring(text)
    return text


def hostile(**more: Any) -> Report:
    """A report whose names are as bad as they come, with a rule on each of them."""
    rows = {name: (0.5 if j % 2 else None) for j, name in enumerate(HOSTILE)}
    report = made_report({"f1_macro": 0.5, "log_loss": None}, {"recall": rows}, **more)
    rules = asked_rules(fail_under=["recall:*=0.6", "f1=0.5", "recall:none`|of=1"])
    baseline = Baseline("a|b<c>", "missing", if_missing="warn")
    return judge(report, rules, baseline)
