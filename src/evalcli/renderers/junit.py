"""The verdict as JUnit XML: each rule is a test case, as CI services show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from evalcli.errors import EvalcliError
from evalcli.findings import Finding
from evalcli.renderers import sentences
from evalcli.renderers.report import header
from evalcli.renderers.sentences import WORDS
from evalcli.renderers.tables import View
from evalcli.report.comparison import Comparison
from evalcli.report.report import Report
from evalcli.report.verdict import RuleResult
from evalcli.text import escape

MOST_ERRORS = 100


def render(report: Report, view: View) -> bytes:
    """A failed rule is a failure, an undecided one an error; one without a baseline is skipped."""
    group = f"{_group(report.title)}.{report.task}"
    cases = [_case(rule, group) for rule in (report.gate.rules if report.gate else ())]
    if report.gate is not None and report.gate.problem is not None:
        cases.append(_broken("baseline", group, report.gate.problem, "undecided"))
    return _document(report.title, cases, _facts(report), _notes(report.notes))


def of_comparison(comparison: Comparison, view: View) -> bytes:
    """The same for the rules of a comparison."""
    from evalcli.renderers.comparison import finding, header

    group, cases = f"{_group(comparison.title)}.{comparison.task}", []
    for rule in comparison.rules:
        name = f"{rule.rule} ({rule.model})"
        case = ElementTree.Element("testcase", {"name": escape(name), "classname": group, "time": "0"})
        text = _plain(finding(rule))
        if rule.verdict != "pass":
            tag, kind = ("failure", "change") if rule.verdict == "fail" else ("error", "undecided")
            ElementTree.SubElement(case, tag, {"message": text, "type": kind}).text = text
        ElementTree.SubElement(case, "system-out").text = f"{WORDS[rule.verdict]}: {text}"
        cases.append(case)
    facts = {"summary": header(comparison), "version": comparison.version}
    if comparison.verdict is not None:
        facts["verdict"] = comparison.verdict
    for against in comparison.against:
        facts |= {
            f"change.{against.model}.{change.metric}": repr(change.change)
            for change in against.changes
            if change.change is not None
        }
    return _document(comparison.title, cases, facts, _notes(comparison.notes))


def _notes(notes: Sequence[Finding]) -> str:
    return "\n".join(f"note: {note.message} [{note.code}]" for note in notes)


def of_error(error: EvalcliError, name: str | None = None) -> bytes:
    """A run without a report: each error is a test case."""
    name = name or "evalcli"
    cases = []
    for index, item in enumerate(error.errors[:MOST_ERRORS], 1):
        case = item.code if len(error.errors) == 1 else f"{item.code} {index}"
        cases.append(_broken(case, f"{_group(name)}.error", str(item), item.code))
    return _document(name, cases, {}, "")


def _document(name: str, cases: Sequence[ElementTree.Element], facts: Mapping[str, str], notes: str) -> bytes:
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
    }
    numbers = {name: str(count) for name, count in counts.items()}
    root = ElementTree.Element("testsuites", {"name": "evalcli", **numbers, "time": "0"})
    skipped = sum(case.find("skipped") is not None for case in cases)
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": _plain(name), **numbers, "skipped": str(skipped), "time": "0"}
    )
    properties = ElementTree.SubElement(suite, "properties")
    for fact, value in facts.items():
        ElementTree.SubElement(properties, "property", {"name": _plain(fact), "value": _plain(value)})
    suite.extend(cases)
    if notes:
        ElementTree.SubElement(suite, "system-out").text = _plain(notes)
    ElementTree.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"
    return text.encode("utf-8", "backslashreplace")


def _group(name: str) -> str:
    """Class name of test cases, without the dots of the file name, at which services split it."""
    return f"evalcli.{escape(name).replace('.', '_')}"


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


def _case(rule: RuleResult, group: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", {"name": escape(rule.rule), "classname": group, "time": "0"})
    text = _plain(sentences.finding(rule))
    if rule.verdict == "fail":
        ElementTree.SubElement(case, "failure", {"message": text, "type": rule.kind}).text = text
    elif rule.verdict == "undecided":
        ElementTree.SubElement(case, "error", {"message": text, "type": "undecided"}).text = text
    elif rule.kind == "drop" and rule.baseline is None:
        ElementTree.SubElement(case, "skipped", {"message": text})
    ElementTree.SubElement(case, "system-out").text = _plain(sentences.sentence(rule))
    return case


def _broken(name: str, group: str, message: str, kind: str) -> ElementTree.Element:
    """A test case that could not be run."""
    case = ElementTree.Element("testcase", {"name": escape(name), "classname": group, "time": "0"})
    text = _plain(message)
    ElementTree.SubElement(case, "error", {"message": text.partition("\n")[0], "type": kind}).text = text
    return case


def _plain(text: str) -> str:
    """Text that XML allows: control characters are escaped."""
    return "\n".join(map(escape, text.split("\n")))
