"""What a run computes: metrics, per-class rows and rules, and the statistics that they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import omit
from evalcli.gate.rules import Rule, RuleText, lookup
from evalcli.inputs.targets.base import Target
from evalcli.intervals.methods import choose_each, redraws_rows
from evalcli.metrics import METRICS, Context, Request, is_glob, select, statistic
from evalcli.statistics import AnyStatistic, RowOutcomes, RowSample, ScoreRanking, Size


class Wanted(Struct, frozen=True):
    """What a run is requested to compute.

    ``metrics``: names, as on the command line; ``own``: whether those of this run alone are, too. ``rules``:
    their metrics are also computed; those of a rule on every class are in the per-class rows. ``per_class``:
    whether there are such rows. ``batches``: rows per batch of --explain-batches. ``confidence``: level of
    the intervals, None for none. ``curves``: whether points of curves are needed; ``pictures``: "default" or
    "all" of what pictures are drawn from, None for nothing. ``paired``: whether it is
    compared with another one, from resamples of the same rows. ``compat``: library to compare with.
    ``min_n``: slices with fewer rows are small. ``stored``: whether the states are kept, for a file.
    ``certified``: whether scores are counted in bins. ``undrawn``: what pictures are drawn from is only
    stored.
    """

    metrics: tuple[str, ...] = ("default",)
    rules: tuple[RuleText, ...] = ()
    per_class: bool = True
    batches: int | None = None
    confidence: float | None = 0.95
    curves: bool = False
    pictures: str | None = None
    min_n: int = 30
    own: bool = True
    compat: str | None = None
    paired: bool = False
    stored: bool = False
    certified: bool = False
    undrawn: bool = False


def changed(
    wanted: Wanted,
    *,
    metrics: tuple[str, ...] | None = None,
    confidence: float | None = None,
    intervals: bool = True,
    min_n: int | None = None,
    pictures: str | None = None,
) -> Wanted:
    """What is computed of stored states: what was asked for when they were made, unless it is given here.

    Raises a ``UsageError`` for a level of intervals that were not made.
    """
    if confidence is not None and wanted.confidence is None:
        raise UsageError(
            "--confidence has no effect: the parts were scored without intervals",
            hint=omit("confidence"),
            code="no-effect",
        )
    level = wanted.confidence if confidence is None else confidence
    return replace(
        wanted,
        metrics=wanted.metrics if metrics is None else metrics,
        confidence=level if intervals else None,
        min_n=wanted.min_n if min_n is None else min_n,
        pictures=pictures,
    )


class Plan(Struct, frozen=True):
    """The metrics of the report and of each class, and the statistics that they need.

    ``scores``: whether scores are needed. ``sampled``: the rows that are resampled for intervals, if any are.
    ``sliced``: the metrics of each slice.
    """

    wanted: Wanted
    context: Context
    requests: tuple[Request, ...]
    per_class: tuple[Request, ...]
    statistics: tuple[AnyStatistic, ...]
    scores: bool
    sampled: RowSample | None = None
    sliced: tuple[Request, ...] = ()

    @property
    def every(self) -> tuple[Request, ...]:
        """All requests over all rows."""
        return (*self.requests, *self.per_class)

    @property
    def resamples(self) -> bool:
        """Whether rows are kept, to be resampled."""
        return self.sampled in self.statistics

    @property
    def draws_rows(self) -> bool:
        """Whether rows are sampled, which needs hashes of their numbers."""
        ranking = self.context.ranking
        covaries = ranking.with_variance and (self.context.positive is None or not self.context.independent)
        return self.resamples or (covaries and ranking in self.statistics)

    @property
    def of_slices(self) -> tuple[AnyStatistic, ...]:
        """The statistics of each slice."""
        sample = self.sampled_of_slices
        statistics = (s for s in self.statistics if s != RowOutcomes())
        return tuple(sample if sample is not None and s == self.sampled else s for s in statistics)

    @property
    def sampled_of_slices(self) -> RowSample | None:
        """As many rows per slice, with all rows of a group."""
        return None if self.sampled is None else replace(self.sampled, share=1.0)


def plan(context: Context, wanted: Wanted, sampled: RowSample | None = None) -> Plan:
    """Look up every name; all errors are reported at once.

    ``sampled``: the rows to resample for intervals that need it; None without intervals.
    """
    problems = ErrorCollector()
    chosen: list[Request] = []
    rules: list[Rule] = []
    with problems.collect():
        chosen = select((*wanted.metrics, *(context.own_names if wanted.own else ())), context)
    with problems.collect():
        rules = lookup(wanted.rules, context)
    problems.raise_if_any()
    of_rules = [(request, is_glob(rule.asked.metric, context)) for rule in rules for request in rule.requests]
    judged = [request for request, of_all in of_rules if not (of_all and request.cls is not None)]
    by_class = [request for request, of_all in of_rules if of_all and request.cls is not None]
    requests = list({request.key: request for request in (*chosen, *judged)}.values())
    ranking = _ranking(
        [*requests, *by_class], context, sampled is not None and context.ranks_vary and not wanted.paired
    )
    ranking = replace(
        ranking,
        keep_keys=ranking.keep_keys or wanted.curves,
        stored=wanted.stored,
        certified=wanted.certified,
    )
    context = replace(context, ranking=ranking)
    per_class = tuple({r.key: r for r in (*_rows(context, requests, wanted.per_class), *by_class)}.values())
    on_slices = [request for rule in rules if rule.asked.each for request in rule.requests]
    return Plan(
        wanted=wanted,
        context=context,
        requests=tuple(requests),
        per_class=per_class,
        statistics=_statistics(context, [*requests, *per_class], sampled, wanted),
        scores=wanted.batches is not None
        or (wanted.pictures == "all" and "scores" in context.available)
        or not context.task.exclusive
        or any(part.metric.requires for request in (*requests, *per_class) for part in request.simple),
        sampled=sampled,
        sliced=tuple({request.key: request for request in (*requests, *on_slices)}.values()),
    )


def _rows(context: Context, requests: Sequence[Request], table: bool) -> Iterator[Request]:
    """Requests of the per-class table; areas only if some are requested anyway."""
    ranked = "scores" in context.available and any(request.metric.form == "areas" for request in requests)
    columns = [metric for metric in METRICS.of(context.task) if metric.per_class] if table else []
    having = [(m, set(m.classes_of(context))) for m in columns if m.form == "counts" or ranked]
    for cls in context.classes:
        for metric, classes in having:
            if cls in classes:
                yield Request(metric, cls=cls)


def _statistics(
    context: Context, requests: Sequence[Request], sampled: RowSample | None, wanted: Wanted
) -> tuple[AnyStatistic, ...]:
    """The statistics that are needed, each once."""
    possible = [request for request in requests if request.metric.missing_from(context) is None]
    simple = [part for request in possible for part in request.simple]
    needed: dict[AnyStatistic, None] = dict.fromkeys(
        [context.counts, context.squared_counts] if context.classes else []
    )
    for request in simple:
        needed |= dict.fromkeys([statistic(request, context), *request.metric.also])
    needed[Size()] = None
    if wanted.pictures is not None:
        from evalcli.engine.curves import curve_statistics

        needed |= dict.fromkeys(curve_statistics(context, needed, wanted.pictures == "all"))
    if sampled is not None and _redraws(possible, context, wanted.paired):
        needed[sampled] = None
    if wanted.compat is not None:
        from evalcli.metrics.compat import needs

        for part in simple:
            needed |= dict.fromkeys(needs(wanted.compat, part))
    if wanted.batches is not None:
        needed[RowOutcomes()] = None
    return tuple(needed)


def _redraws(requests: Sequence[Request], context: Context, paired: bool) -> bool:
    """Whether intervals are made from a sample of the rows."""
    if paired:
        return any(not of_one_table(request, context) for request in requests)
    return any(map(redraws_rows, choose_each(requests, context).values()))


def of_one_table(request: Request, context: Context) -> bool:
    """Whether a comparison of two models needs their predicted classes alone."""
    several = context.task.several_labels
    return request.metric.from_counts and not request.of_rows and not several and context.independent


def _ranking(requests: Sequence[Request], context: Context, with_variance: bool) -> ScoreRanking:
    """The ranking statistic, with the options that the requests need."""
    simple = [part for request in requests for part in request.simple]
    ranked = [request for request in simple if isinstance(statistic(request, context), ScoreRanking)]
    keep_keys = any(request.metric.form == "whole" or request.parameter is not None for request in ranked)
    return ScoreRanking(
        one_vs_one=any(request.one_vs_one for request in ranked),
        keep_keys=keep_keys or any(request.pools for request in ranked),
        with_variance=with_variance,
        by_group=with_variance and context.groups is not None,
        seed=context.seed if with_variance else 0,
    )


def select_columns(target: Target, scores: bool, statistics: Iterable[AnyStatistic]) -> Target:
    """The target with only the columns that are needed. ``scores``: whether scores are."""
    return target.needed(scores, [getattr(statistic, "levels", None) for statistic in statistics])
