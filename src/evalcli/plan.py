"""What a run has to compute: metrics, per-class rows and rules, and the statistics behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalcli.errors import Problems
from evalcli.metrics import METRICS, Request, Study, is_glob, select, statistic
from evalcli.rules import Asked, Rule, lookup
from evalcli.statistics import AnyStatistic, ClassScores, RowOutcomes

PER_CLASS = ("precision", "recall", "f1", "roc_auc", "average_precision")


@dataclass(frozen=True)
class Plan:
    """The report's metrics, those of each class, and the statistics behind them.

    ``study``: the one that was planned for. ``scores``: whether scores are needed at all.
    """

    study: Study
    requests: tuple[Request, ...]
    per_class: tuple[Request, ...]
    statistics: tuple[AnyStatistic, ...]
    scores: bool


def plan(
    study: Study, wanted: Sequence[str], asked: Sequence[Asked], table: bool, batches: bool = False
) -> Plan:
    """Look every name up; all that is wrong is told at once.

    ``asked``: rules, whose metrics are computed too; a rule on every class goes to the rows of the classes.
    ``table``: whether per-class rows are wanted; ``batches``: whether rows are kept to average over batches.
    """
    problems = Problems()
    chosen: list[Request] = []
    rules: list[Rule] = []
    with problems.gathered():
        chosen = select(wanted, study)
    with problems.gathered():
        rules = lookup(asked, study)
    problems.refuse()
    of_rules = [(request, is_glob(rule.asked.name, study)) for rule in rules for request in rule.requests]
    judged = [request for request, of_all in of_rules if not (of_all and request.cls is not None)]
    by_class = [request for request, of_all in of_rules if of_all and request.cls is not None]
    requests = list({request.key: request for request in (*chosen, *judged)}.values())
    study = replace(study, ranking=_ranking([*requests, *by_class], study))
    rank = "scores" in study.holds and any(request.metric.form == "areas" for request in requests)
    names = tuple(n for n in PER_CLASS if METRICS[n].form == "counts" or rank) if table else ()
    rows = (
        Request(METRICS[n], cls=c) for c in study.classes for n in names if c in study.classes_of(METRICS[n])
    )
    per_class = tuple({request.key: request for request in (*rows, *by_class)}.values())
    needed = dict.fromkeys([study.counts] if study.classes else [])
    for request in (*requests, *per_class):
        if study.lacks(request.metric) is None:
            needed |= dict.fromkeys([statistic(request, study), *request.metric.also])
    if batches:
        needed[RowOutcomes()] = None
    wants = {request.metric.wants for request in (*requests, *per_class)}
    scores = batches or study.task in ("multilabel", "regression") or wants != {""}
    return Plan(study, tuple(requests), per_class, tuple(needed), scores)


def _ranking(requests: Sequence[Request], study: Study) -> ClassScores:
    """How rows have to be ranked: for the areas of each class alone, or so that more can be read off."""
    found = [request for request in requests if isinstance(statistic(request, study), ClassScores)]
    averages = [str(request.average) for request in found]
    again = any(request.metric.form == "whole" or request.parameter is not None for request in found)
    return ClassScores(
        pairs=any(average.startswith("ovo") for average in averages),
        again=again or any(average.endswith("micro") for average in averages),
    )
