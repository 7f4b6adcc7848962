"""Options and a goal → points of the curves of binary or multilabel data, and the best threshold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.blocks import Array, ScoreKind
from evalcli.blocks.base import unit_interval
from evalcli.engine.inert import effects, refuse_inert
from evalcli.engine.plan import Wanted
from evalcli.engine.provenance import provenance
from evalcli.engine.refuse import raise_for_unusable_rows
from evalcli.engine.run import OnProgress, Run, prepare
from evalcli.engine.stream import run_pass
from evalcli.errors import InputError, UsageError
from evalcli.findings import omit, use
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options, check_options
from evalcli.intervals.method import DRAWS, FEW_ROWS, FEWEST_ROWS, MOST_CELLS
from evalcli.intervals.scales import Ends, delta_interval, transform, wilson
from evalcli.intervals.tables import ALONE, of_table
from evalcli.loaders.locate import shown
from evalcli.metrics import METRICS, Request, parse, values_of
from evalcli.metrics.costs import KINDS, costs_of_errors
from evalcli.metrics.lookup import canonical
from evalcli.metrics.sources import NoInterval
from evalcli.report.score import Interval, Score
from evalcli.report.thresholds import Goal, LabelPoints, Point, ThresholdReport
from evalcli.statistics import CurveSegment, Moments, Ranking, resample_table
from evalcli.statistics.base import Floats
from evalcli.statistics.curves import curve_of_scores
from evalcli.statistics.resampled_counts import of_cells
from evalcli.tasks import BINARY, MULTILABEL

RECALLS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Recalls of the points that are shown beside the selected one."""
PART = 1 << 16
TRUTH, PREDICTED = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
"""Classes of each outcome, as in ``KINDS``."""
ROUNDING = 1e-12
NONE = "no row is positive"
ONE_CLASS = "the labels contain one class only"
WEIGHTED = NoInterval("points of weighted rows have no intervals")
ALL_COST_THE_SAME = NoInterval("every row costs the same")
OTHERS = {"min_precision": "recall", "min_recall": "precision", "max_fpr": "recall"}
"""The metric to maximise under a limit, by default."""


def goal_of(
    maximize: str | None,
    costs: Sequence[str],
    min_precision: float | None,
    min_recall: float | None,
    max_fpr: float | None,
) -> Goal:
    """The goal of the options; F1 by default. Refuses goals that are impossible or contradictory."""
    if maximize is not None and any(costs):
        raise UsageError("--maximize and --cost are two goals", hint=omit("cost"))
    limits = {"min_precision": min_precision, "min_recall": min_recall, "max_fpr": max_fpr}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    for name, limit in given.items():
        option = f"--{name.replace('_', '-')}"
        if not 0 <= limit <= 1:
            percent = use(**{name: limit / 100 if 1 < limit <= 100 else 0.9})
            raise UsageError(f"{option} {limit:g} is not between 0 and 1", hint=percent)
    wanted = costs_of_errors(",".join(costs)) if any(costs) else None
    if maximize is None and wanted is None:
        better = {OTHERS[name] for name in given}
        maximize = better.pop() if len(better) == 1 else "f1"
    if maximize is not None:
        maximize = _request(maximize).key
    return Goal(
        maximize=maximize, costs=wanted, min_precision=min_precision, min_recall=min_recall, max_fpr=max_fpr
    )


def _request(name: str) -> Request:
    if ":" in name:
        raise UsageError(
            f"--maximize {name}: a threshold is always for one class",
            hint=use(maximize=name.partition(":")[0]),
        )
    try:
        full = canonical(name, ALONE.task)
        found = METRICS.find(full, MULTILABEL)
        averaged = found is not None and bool(found[1])
        request = parse(found[0].name if found is not None and averaged else full, ALONE)
    except UsageError as error:
        raise UsageError(f"--maximize {name}: {error.what}", found=error.found, hint=error.hint) from None
    if averaged or request.average is not None:
        raise UsageError(
            f"--maximize {name}: each label has its own threshold, so there are no averages",
            hint=use(maximize=request.metric.name),
        )
    if not request.metric.from_counts or request.metric.better != "higher":
        counted = [m.name for m in METRICS.of(BINARY) if m.better == "higher" and m.from_counts]
        raise UsageError(
            f"--maximize {name}: not a metric of counts for which higher is better",
            hint=f"one of {', '.join(counted)}",
        )
    return request


def choose_threshold(
    options: Options, goal: Goal, command: Sequence[str] = (), on_progress: OnProgress | None = None
) -> ThresholdReport:
    """Points of each curve, and the best one by a goal. Raises an ``EvalcliError`` like ``score``."""
    check_options(options)
    wanted = Wanted(("roc_auc",), per_class=False, confidence=options.confidence, curves=True)
    run = prepare(open_inputs(options), options, wanted)
    refuse_inert(effects(run))
    with run_pass(run, on_progress) as result:
        raise_for_unusable_rows(run, result)
        context = result.context
        ranking = result.summary[context.ranking]
        labels = tuple(
            _of_label(context.classes[column], Scores.of(ranking, row), run, goal)
            for row, column in enumerate(ranking.state.columns)
        )
        source = provenance(run, result)
    if context.task.has_positive and not labels[0].points:
        raise InputError(
            labels[0].reason or ONE_CLASS,
            where=run.inputs.place,
            hint="thresholds need rows of both classes",
            code="one-class",
        )
    return ThresholdReport(
        version=__version__,
        command=tuple(map(shown, command)),
        task=context.task.name,
        input=source,
        goal=goal,
        labels=labels,
    )


class Scores(Struct, frozen=True, eq=False):
    """The scores that a threshold is compared with: ``values`` of all rows, (n,), and their curve."""

    values: Array
    curve: CurveSegment

    @classmethod
    def of(cls, ranking: Ranking, row: int) -> Scores:
        """Probabilities or raw scores; logits as probabilities, which thresholds are compared with."""
        state = ranking.state
        values = ranking.scores(row)
        if state.kind in (ScoreKind.PROBABILITIES, ScoreKind.RAW):
            return cls(values, ranking.curves[row])
        values = unit_interval(values, state.kind, False)
        return cls(values, curve_of_scores(values, state.positive(row), state.weight_of(row)))

    def shortest_threshold(self, index: int) -> float:
        """The shortest number that is above the next lower score and not above that of a curve point.

        After the last point: above all scores.
        """
        if index == len(self.curve.scores):
            low = self.values.max()
            high = max(float(low) + 1e-3, float(low) * (1 + 1e-3), float(np.nextafter(low, np.inf)))
        else:
            score = self.curve.scores[index]
            below = self.values[self.values < score]
            low, high = below.max() if len(below) else -np.inf, float(score)
        for digits in range(1, 18):
            number = math.floor(high * 10.0**digits) / 10.0**digits
            # in the type of the comparison with scores
            if low < self.values.dtype.type(number) <= self.values.dtype.type(high):
                return number
        return high


def _of_label(label: str, scores: Scores, run: Run, goal: Goal) -> LabelPoints:
    curve = scores.curve
    if not curve.positives or not curve.negatives:
        return LabelPoints(label, (), ONE_CLASS)
    allowed = _keeps(goal, curve)
    if not allowed.any():
        return LabelPoints(label, tuple(_shown(scores, run, goal, allowed, None)), _why(goal, curve))
    values = np.where(allowed, _values(goal, curve), -np.inf)
    if not np.isfinite(values).any():
        reason = f"{goal.maximize} is undefined at every threshold within the limits"
        return LabelPoints(label, tuple(_shown(scores, run, goal, allowed, None)), reason)
    return LabelPoints(label, tuple(_shown(scores, run, goal, allowed, _best(values))))


def _best(values: Floats) -> int:
    """The highest of the best thresholds; values that differ only by rounding are equal."""
    top = values.max()
    return int(np.flatnonzero(values >= top - ROUNDING * max(1.0, abs(top)))[-1])


def _ends(curve: CurveSegment) -> tuple[Floats, Floats]:
    """True and false positives at each threshold; at the last one no row is positive."""
    return np.append(curve.tp, 0.0), np.append(curve.fp, 0.0)


def _keeps(goal: Goal, curve: CurveSegment) -> Array:
    """Whether each threshold is within the limits."""
    tp, fp = _ends(curve)
    keeps = np.ones(len(tp), np.bool_)
    with np.errstate(invalid="ignore"):
        if goal.min_precision is not None:
            keeps &= tp / (tp + fp) >= goal.min_precision * (1 - ROUNDING)
        if goal.min_recall is not None:
            keeps &= tp / curve.positives >= goal.min_recall * (1 - ROUNDING)
        if goal.max_fpr is not None:
            keeps &= fp / curve.negatives <= goal.max_fpr * (1 + ROUNDING)
    return keeps


def _why(goal: Goal, curve: CurveSegment) -> str:
    """Which limit every threshold violates."""
    alone = {
        f"--min-precision {goal.min_precision}": replace(Goal(), min_precision=goal.min_precision),
        f"--min-recall {goal.min_recall}": replace(Goal(), min_recall=goal.min_recall),
        f"--max-fpr {goal.max_fpr}": replace(Goal(), max_fpr=goal.max_fpr),
    }
    for name, single in alone.items():
        if not _keeps(single, curve).any():
            top = (
                f"; the highest precision is {float(curve.precision.max()):.4f}"
                if "precision" in name
                else ""
            )
            return f"no threshold satisfies {name}{top}"
    return f"no threshold has {goal.describe().partition(' with ')[2]} together"


def _cells(curve: CurveSegment) -> Floats:
    """Rows by outcome at each threshold, as in ``KINDS``; (thresholds, 4)."""
    tp, fp = _ends(curve)
    return np.stack([curve.negatives - fp, fp, curve.positives - tp, tp], axis=1)


def _values(goal: Goal, curve: CurveSegment) -> Floats:
    """The values to maximise, one per threshold."""
    cells = _cells(curve)
    if goal.costs is not None:
        return -(cells @ np.array([goal.costs.get(kind, 0.0) for kind in KINDS]))
    request = _request(goal.maximize or "f1")
    parts = [
        values_of(request, of_cells(TRUTH, PREDICTED, cells[first : first + PART], 2), ALONE)
        for first in range(0, len(cells), PART)
    ]
    return np.nan_to_num(np.concatenate(parts), nan=-np.inf)


def _shown(scores: Scores, run: Run, goal: Goal, allowed: Array, best: int | None) -> Iterator[Point]:
    """Points along the curve by decreasing recall, including the selected one."""
    curve = scores.curve
    cells = _cells(curve)
    tp = cells[:, 3]
    at = {int(np.flatnonzero(tp >= recall * curve.positives * (1 - ROUNDING))[-1]) for recall in RECALLS}
    for index in sorted(at | ({best} if best is not None else set())):
        tn, fp, fn, hits = map(_count, cells[index].tolist())
        yield Point(
            threshold=scores.shortest_threshold(index),
            tp=hits,
            fp=fp,
            fn=fn,
            tn=tn,
            figures=_scores(cells[index], goal, run, len(scores.values)),
            remark=NONE if index == len(curve.scores) else "",
            allowed=bool(allowed[index]),
            chosen=index == best,
        )


def _count(n: float) -> float:
    return int(n) if float(n).is_integer() else n


def _scores(cells: Floats, goal: Goal, run: Run, rows: int) -> dict[str, Score]:
    """Precision, recall, F1, false positive rate, and the goal, with their intervals."""
    tn, fp, fn, tp = cells.tolist()
    confidence, weighted = run.options.confidence, run.context.weighted

    def score(value: float, better: str, n: float, ends: Ends | NoInterval, method: str) -> Score:
        if math.isnan(value):
            return Score(None, better, rows, "no row is predicted positive")
        n = rows if weighted else round(n)
        if weighted:
            ends = WEIGHTED
        if isinstance(ends, NoInterval):
            return Score(value, better, n, interval_reason=ends.reason)
        return Score(value, better, n, interval=Interval(*ends, method))

    def share(hits: float, total: float, better: str = "higher") -> Score:
        ends = wilson(hits, total, confidence) if total else FEW_ROWS
        return score(hits / total if total else math.nan, better, total, ends, "wilson")

    overlap = wilson(tp, tp + fp + fn, confidence)
    f1 = 2 * tp / (2 * tp + fp + fn)
    scores = {
        "precision": share(tp, tp + fp),
        "recall": share(tp, tp + fn),
        "f1": score(f1, "higher", rows, transform(overlap, lambda j: 2 * j / (1 + j)), "wilson"),
        "fpr": share(fp, fp + tn, "lower"),
    }
    ends: Ends | NoInterval = FEW_ROWS
    if goal.costs is not None:
        moments = Moments.of(np.array([goal.costs.get(kind, 0.0) for kind in KINDS]), cells)
        if rows >= FEWEST_ROWS:
            no_limits = (-math.inf, math.inf)
            error = moments.standard_error
            ends = delta_interval(moments.mean, error, no_limits, rows - 1, confidence) or ALL_COST_THE_SAME
        scores["cost"] = score(moments.mean, "lower", rows, ends, "normal")
    elif goal.maximize is not None and goal.maximize not in scores:
        request = _request(goal.maximize)
        counts = of_cells(TRUTH, PREDICTED, cells[None, :], 2)
        value = float(values_of(request, counts, ALONE)[0])
        if rows >= FEWEST_ROWS and not weighted and math.isfinite(value):
            tables = resample_table(
                cells.reshape(2, 2), np.random.default_rng(run.options.seed), DRAWS, MOST_CELLS
            )
            ends = of_table(request, tables, ALONE, value, rows, confidence)
        scores[goal.maximize] = score(value, request.metric.better, rows, ends, "table-bootstrap")
    return scores
