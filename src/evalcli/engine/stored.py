"""Stored reports beside each other: differences of their values, without pairs and without tests."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli import __version__
from evalcli.errors import InputError
from evalcli.findings import Blank, use
from evalcli.gate.baseline import differences
from evalcli.gate.changes import CompareRules, judge_changes
from evalcli.loaders.locate import shown
from evalcli.report.comparison import UNPAIRED, Against, Change, Comparison, Model
from evalcli.report.report import Report
from evalcli.report.verdict import difference

WHY = "stored reports have no rows to pair"
HARMLESS = ("threshold-changed", "rows-changed")
"""Differences of two models that are compared anyway."""


def compare_stored(
    reports: Sequence[tuple[str, Report]],
    *,
    rules: CompareRules,
    command: Sequence[str] = (),
    corrected: bool = True,
) -> Comparison:
    """Compare the values of reports with those of the first one. Raises an ``InputError`` for other data."""
    (first_name, first), *others = reports
    for name, report in others:
        wrong = [found for found in differences(report, first) if found.code not in HARMLESS]
        if wrong:
            raise InputError(
                "the reports are not comparable",
                where=f"{first_name} and {name}",
                found="; ".join(found.message for found in wrong),
                hint=use("for reports of the same labels and options", baseline=Blank("REPORT.json")),
                code="not-comparable",
            )
    comparison = Comparison(
        version=__version__,
        command=tuple(map(shown, command)),
        task=first.task,
        classes=first.classes,
        models=tuple(_model(name, report) for name, report in reports),
        against=tuple(Against(name, tuple(_changes(first, report)), None) for name, report in others),
        rows=first.input.scored,
        id=None,
        confidence=first.input.confidence,
        seed=first.seed,
        headline=first.headline,
        corrected=corrected,
        paired=False,
        definitions=first.definitions,
    )
    return judge_changes(comparison, rules)


def _model(name: str, report: Report) -> Model:
    scores = {key: score for key, score in report.by_name() if "@" not in key or key in report.metrics}
    return Model(
        name=name,
        values={key: score.value for key, score in scores.items()},
        reasons={key: score.reason for key, score in scores.items() if score.reason is not None},
        input=report.input,
    )


def _changes(first: Report, report: Report) -> list[Change]:
    found = []
    for key, old in first.metrics.items():
        new = report.metrics.get(key)
        then, now = old.value, None if new is None else new.value
        change = None if then is None or now is None else difference(now, then)
        found.append(Change(key, old.better, then, now, change, method=UNPAIRED, reason=WHY))
    return found
