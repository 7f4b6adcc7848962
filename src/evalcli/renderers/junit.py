"""The verdict as JUnit XML: each rule is a test case, as CI services show them."""

from __future__ import annotations

from xml.etree import ElementTree

from evalcli.renderers import sentences
from evalcli.renderers.report import header
from evalcli.renderers.tables import View
from evalcli.report.report import Report
from evalcli.report.verdict import RuleResult
from evalcli.text import escape


def render(report: Report, view: View) -> bytes:
    """A failed rule is a failure, one that is not decided an error, one without its baseline is skipped."""
    cases = [_case(rule, report.task) for rule in (report.gate.rules if report.gate else ())]
    if report.gate is not None and report.gate.problem is not None:
        cases.append(_blocked(report.gate.problem, report.task))
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
    }
    numbers = {name: str(count) for name, count in counts.items()}
    root = ElementTree.Element("testsuites", {"name": "evalcli", **numbers, "time": "0"})
    skipped = sum(case.find("skipped") is not None for case in cases)
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": "evalcli", **numbers, "skipped": str(skipped), "time": "0"}
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _facts(report).items():
        ElementTree.SubElement(properties, "property", {"name": _plain(name), "value": _plain(value)})
    suite.extend(cases)
    notes = "\n".join(f"note: {note.message} [{note.code}]" for note in report.notes)
    if notes:
        ElementTree.SubElement(suite, "system-out").text = _plain(notes)
    ElementTree.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"
    return text.encode("utf-8", "backslashreplace")


def _facts(report: Report) -> dict[str, str]:
    path, facts = header(report)
    properties = {"predictions": path, "summary": facts, "version": report.version}
    if report.gate is not None:
        properties["verdict"] = report.gate.verdict
    return properties | {
        f"metric.{name}": repr(score.value)
        for name, score in report.metrics.items()
        if score.value is not None
    }


def _case(rule: RuleResult, task: str) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", {"name": escape(rule.rule), "classname": f"evalcli.{task}", "time": "0"}
    )
    told = _plain(sentences.finding(rule))
    if rule.verdict == "fail":
        ElementTree.SubElement(case, "failure", {"message": told, "type": rule.kind}).text = told
    elif rule.verdict == "undecided":
        ElementTree.SubElement(case, "error", {"message": told, "type": "undecided"}).text = told
    elif rule.kind == "drop" and rule.baseline is None:
        ElementTree.SubElement(case, "skipped", {"message": told})
    ElementTree.SubElement(case, "system-out").text = _plain(sentences.sentence(rule))
    return case


def _blocked(problem: str, task: str) -> ElementTree.Element:
    """The baseline itself, where it cannot be compared with."""
    case = ElementTree.Element("testcase", {"name": "baseline", "classname": f"evalcli.{task}", "time": "0"})
    ElementTree.SubElement(case, "error", {"message": _plain(problem), "type": "undecided"}).text = _plain(
        problem
    )
    return case


def _plain(text: str) -> str:
    """What XML allows, line by line: control signs as escapes."""
    return "\n".join(map(escape, text.split("\n")))
