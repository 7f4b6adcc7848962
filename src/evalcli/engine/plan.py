"""What a run has to compute: metrics, per-class rows and rules, and the statistics behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalcli.errors import Problems
from evalcli.gate.rules import Asked, Rule, lookup
from evalcli.inputs.targets.classification import ClassTarget
from evalcli.inputs.targets.regression import RealTarget
from evalcli.inputs.targets.target import Target
from evalcli.intervals.methods import OF_ROWS
from evalcli.metrics import METRICS, Request, Study, is_glob, method_of, select, statistic
from evalcli.statistics import AnyStatistic, ClassScores, RowOutcomes, RowSample, Size

PER_CLASS = ("precision", "recall", "f1", "roc_auc", "average_precision")


@dataclass(frozen=True)
class Wanted:
    """What a run is asked to compute.

    ``metrics``: names, as on the command line. ``rules``: their metrics are computed too; a rule on every
    class goes to the rows of the classes. ``per_class``: whether there are such rows. ``batches``: rows per
    batch that averages over batches are explained with. ``confidence``: level of the intervals, None for
    none. ``curves``: whether points of curves are looked at. ``min_n``: slices with fewer rows are small.
    """

    metrics: tuple[str, ...] = ("default",)
    rules: tuple[Asked, ...] = ()
    per_class: bool = True
    batches: int | None = None
    confidence: float | None = 0.95
    curves: bool = False
    min_n: int = 30


@dataclass(frozen=True)
class Plan:
    """The report's metrics, those of each class, and the statistics behind them.

    ``study``: the one that was planned for. ``scores``: whether scores are needed at all. ``sampled``: rows
    that are drawn again and again for intervals, where some need that. ``sliced``: what is computed of every
    slice.
    """

    wanted: Wanted
    study: Study
    requests: tuple[Request, ...]
    per_class: tuple[Request, ...]
    statistics: tuple[AnyStatistic, ...]
    scores: bool
    sampled: RowSample | None = None
    sliced: tuple[Request, ...] = ()

    @property
    def every(self) -> tuple[Request, ...]:
        """All that is computed."""
        return (*self.requests, *self.per_class)

    @property
    def draws_rows(self) -> bool:
        """Whether rows are drawn, for which they need hashes of their numbers."""
        return self.sampled in self.statistics or self.study.ranking.grouped

    @property
    def of_slices(self) -> tuple[AnyStatistic, ...]:
        """What is summed for each slice, too."""
        sample = self.sampled_of_slices
        statistics = (s for s in self.statistics if s != RowOutcomes())
        return tuple(sample if sample is not None and s == self.sampled else s for s in statistics)

    @property
    def sampled_of_slices(self) -> RowSample | None:
        """The same number of rows of a slice, of which a group has fewer."""
        return None if self.sampled is None else replace(self.sampled, share=1.0)


def plan(study: Study, wanted: Wanted, sampled: RowSample | None = None) -> Plan:
    """Look every name up; all that is wrong is told at once.

    ``sampled``: the rows that intervals are drawn from where they have to be; None without intervals.
    """
    problems = Problems()
    chosen: list[Request] = []
    rules: list[Rule] = []
    with problems.gathered():
        chosen = select(wanted.metrics, study)
    with problems.gathered():
        rules = lookup(wanted.rules, study)
    problems.refuse()
    of_rules = [(request, is_glob(rule.asked.metric, study)) for rule in rules for request in rule.requests]
    judged = [request for request, of_all in of_rules if not (of_all and request.cls is not None)]
    by_class = [request for request, of_all in of_rules if of_all and request.cls is not None]
    requests = list({request.key: request for request in (*chosen, *judged)}.values())
    ranking = _ranking([*requests, *by_class], study, sampled is not None)
    study = replace(study, ranking=replace(ranking, again=ranking.again or wanted.curves))
    per_class = tuple({r.key: r for r in (*_rows(study, requests, wanted.per_class), *by_class)}.values())
    on_slices = [request for rule in rules if rule.asked.each for request in rule.requests]
    return Plan(
        wanted,
        study,
        tuple(requests),
        per_class,
        _statistics(study, [*requests, *per_class], sampled, wanted.batches is not None),
        scores=wanted.batches is not None
        or study.task in ("multilabel", "regression")
        or any(request.metric.wants for request in (*requests, *per_class)),
        sampled=sampled,
        sliced=tuple({request.key: request for request in (*requests, *on_slices)}.values()),
    )


def _rows(study: Study, requests: Sequence[Request], table: bool) -> Iterator[Request]:
    """What the table of classes shows: areas only where some are asked for anyway."""
    ranked = "scores" in study.holds and any(request.metric.form == "areas" for request in requests)
    names = [name for name in PER_CLASS if METRICS[name].form == "counts" or ranked] if table else []
    for cls in study.classes:
        for name in names:
            if cls in study.classes_of(METRICS[name]):
                yield Request(METRICS[name], cls=cls)


def _statistics(
    study: Study, requests: Sequence[Request], sampled: RowSample | None, batches: bool
) -> tuple[AnyStatistic, ...]:
    """What has to be summed, each once."""
    possible = [request for request in requests if study.lacks(request.metric) is None]
    needed = dict.fromkeys([study.counts] if study.classes else [])
    for request in possible:
        needed |= dict.fromkeys([statistic(request, study), *request.metric.also])
    needed[Size()] = None
    if sampled is not None and {method_of(request, study) for request in possible} & set(OF_ROWS):
        needed[sampled] = None
    if batches:
        needed[RowOutcomes()] = None
    return tuple(needed)


def _ranking(requests: Sequence[Request], study: Study, spread: bool) -> ClassScores:
    """How rows have to be ranked: for the areas of each class alone, or so that more can be read off."""
    ranked = [request for request in requests if isinstance(statistic(request, study), ClassScores)]
    averages = [str(request.average) for request in ranked]
    again = any(request.metric.form == "whole" or request.parameter is not None for request in ranked)
    return ClassScores(
        pairs=any(average.startswith("ovo") for average in averages),
        again=again or any(average.endswith("micro") for average in averages),
        spread=spread,
        grouped=spread and study.groups is not None,
        seed=study.seed if spread else 0,
    )


def narrowed(target: Target, scores: bool, statistics: Iterable[AnyStatistic]) -> Target:
    """The target with only the columns that are looked at. ``scores``: whether scores of classes are."""
    if isinstance(target, ClassTarget) and not scores and target.predicted is not None:
        return replace(target, columns=(), width=0)
    if isinstance(target, RealTarget) and target.levels:
        asked = [getattr(statistic, "levels", None) for statistic in statistics]
        wanted = {level for levels in asked for level in levels or ()}
        point = target.point and (None in asked or not wanted)
        named = zip(target.levels, target.columns[int(target.point) :], strict=True)
        kept = [(level, column) for level, column in named if level in wanted]
        columns = (*target.columns[: int(point)], *(column for _, column in kept))
        return RealTarget(target.values, columns, point, tuple(level for level, _ in kept))
    return target
