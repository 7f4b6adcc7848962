"""What the parts of a stored report must agree in, so that no figure is believed that no run can have."""

from __future__ import annotations

import re

from evalcli.report.json_values import is_plain
from evalcli.report.provenance import Provenance
from evalcli.report.report import Report
from evalcli.report.score import Score
from evalcli.report.verdict import RuleResult
from evalcli.tasks import TASKS

BETTER = frozenset(("higher", "lower", "none"))
"""Directions of metrics."""
METHOD = r"[a-z0-9-]{1,60}"
"""Names of methods of intervals, which tables show."""
ROUNDING = 1e-9
"""Relative difference of a number that was printed and read."""


def require_consistency(report: Report) -> None:
    """Raise a ``ValueError`` if parts of a report contradict each other."""
    source, classes = report.input, report.classes
    k, table = len(classes), report.confusion
    options = source.options
    wrong = {
        "task": report.task not in TASKS,
        "classes": len(set(classes)) < k or set(report.per_class) != set(classes),
        "positive": source.positive is not None and source.positive not in classes,
        "confusion_matrix": table is not None and [len(row) for row in table] != [k] * k,
        "input": not source.predictions or not source.truth,
        "options": not {"average", "zero_division", "bins", "confidence"} <= set(options)
        or any(not is_plain(options[name], float) for name in ("bins", "confidence"))
        or type(options["zero_division"]) is not str
        or not isinstance(options["average"], str | None)
        or not all(name in classes for name in source.excluded_classes),
    }
    wrong["slices"] = any(not set(report.metrics) <= set(part.metrics) for part in report.slices) or any(
        set(part.metrics) != set(report.slices[0].metrics) for part in report.slices
    )
    rules = report.gate.rules if report.gate is not None else ()
    wrong["gate"] = not all(_fits_report(rule, report) for rule in rules)
    wrong["rows"] = not _are_counts(source)
    wrong["confusion_matrix"] |= table is not None and any(cell < 0 for row in table for cell in row)
    most = source.scored * max(k, 1)
    for name, score in report.by_name():
        wrong[name] = _is_wrong(score, most)
    for part, is_wrong in wrong.items():
        if is_wrong:
            raise ValueError(f"inconsistent {part}")


def _fits_report(rule: RuleResult, report: Report) -> bool:
    """Whether a rule has the value, or the notes, of the report."""
    if rule.kind == "note":
        raised = any(rule.asked in (note.code, "any") for note in report.notes)
        unlooked = report.not_looked_for is not None and rule.asked in report.not_looked_for
        return raised == (rule.verdict == "fail") and not (unlooked and rule.verdict == "pass")
    score = report.find(str(rule.metric))
    return rule.value is None or (score is not None and score.value == rule.value)


def _are_counts(source: Provenance) -> bool:
    """Whether numbers of rows are what a run can have counted."""
    counts = (source.read, source.scored, source.labels_left, *source.dropped.values())
    return all(count >= 0 for count in counts) and source.scored <= source.read


def _is_wrong(score: Score, most: int) -> bool:
    """Whether a score is none that is computed; ``most``: rows, or pairs of a row and a label."""
    if score.better not in BETTER or not 0 <= score.n <= most or (score.error or 0.0) < 0:
        return True
    if score.interval is None or score.value is None:
        return score.interval is not None
    low, high = score.interval.low, score.interval.high
    near = ROUNDING * max(abs(low), abs(high), abs(score.value))
    holds = low - near <= score.value <= high + near
    return not holds or re.fullmatch(METHOD, score.interval.method) is None
