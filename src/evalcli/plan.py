"""What a run has to compute: metrics, per-class rows and rules, and the statistics behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalcli.errors import UsageError
from evalcli.gate import Rule, Side, check_direction, parse_rule
from evalcli.metrics import METRICS, Request, Study, parse, select, statistic
from evalcli.statistics import AnyStatistic, ClassScores, RowOutcomes

PER_CLASS = ("precision", "recall", "f1", "roc_auc", "average_precision")


@dataclass(frozen=True)
class Plan:
    """The report's metrics, those of each class, the rules, and the statistics behind them.

    ``study``: the one that was planned for. ``scores``: whether scores are needed at all.
    """

    study: Study
    requests: tuple[Request, ...]
    per_class: tuple[Request, ...]
    rules: tuple[Rule, ...]
    statistics: tuple[AnyStatistic, ...]
    scores: bool


Asked = tuple[str, float, Side]


def asked_rules(fail_under: Sequence[str], fail_over: Sequence[str]) -> list[Asked]:
    """Name, threshold and side of each rule as it was typed."""
    rules: list[Asked] = [(*parse_rule(text, "under"), "under") for text in fail_under]
    return rules + [(*parse_rule(text, "over"), "over") for text in fail_over]


def plan(
    study: Study, wanted: Sequence[str], asked: Sequence[Asked], table: bool, batches: bool = False
) -> Plan:
    """Look every name up; all that is wrong is told at once.

    ``table``: whether per-class rows are wanted; ``batches``: whether rows are kept to average over batches.
    """
    rules: list[Rule] = []
    judged: dict[str, Request] = {}
    wrong: list[str] = []
    chosen: list[Request] = []
    try:
        chosen = select(wanted, study)
    except UsageError as error:
        wrong.append(str(error))
    for name, threshold, side in asked:
        try:
            request = parse(name, study)
            rule = Rule(name, request.key, side, threshold)
            check_direction(rule, request.metric.better)
        except UsageError as error:
            wrong.append(str(error))
            continue
        rules.append(rule)
        judged[request.key] = request
    if wrong:
        raise UsageError("\n".join(wrong))
    keys = {request.key for request in chosen}
    requests = [*chosen, *(request for key, request in judged.items() if key not in keys)]
    study = replace(study, ranking=_ranking(requests, study))
    rank = "scores" in study.holds and any(request.metric.form == "areas" for request in requests)
    names = tuple(n for n in PER_CLASS if METRICS[n].form == "counts" or rank) if table else ()
    per_class = tuple(Request(METRICS[n], cls=c) for c in study.classes for n in names)
    needed = dict.fromkeys([study.counts] if study.classes else [])
    for request in (*requests, *per_class):
        if study.lacks(request.metric) is None:
            needed |= dict.fromkeys([statistic(request, study), *request.metric.also])
    if batches:
        needed[RowOutcomes()] = None
    wants = {request.metric.wants for request in (*requests, *per_class)}
    scores = batches or study.task in ("multilabel", "regression") or wants != {""}
    return Plan(study, tuple(requests), per_class, tuple(rules), tuple(needed), scores)


def _ranking(requests: Sequence[Request], study: Study) -> ClassScores:
    """How rows have to be ranked: for the areas of each class alone, or so that more can be read off."""
    found = [request for request in requests if isinstance(statistic(request, study), ClassScores)]
    averages = [str(request.average) for request in found]
    again = any(request.metric.form == "whole" or request.parameter is not None for request in found)
    return ClassScores(
        pairs=any(average.startswith("ovo") for average in averages),
        again=again or any(average.endswith("micro") for average in averages),
    )
