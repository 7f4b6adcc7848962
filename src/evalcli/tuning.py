"""Options and a goal → the points of the curves of binary or multilabel data, and the threshold to take."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from evalcli import __version__
from evalcli.blocks import Array, ScoreKind
from evalcli.composition import provenance
from evalcli.engine import Run, Watch, check_options, measured, prepare, refuse
from evalcli.errors import InputError, UsageError
from evalcli.inputs import open_inputs
from evalcli.intervals import FEWEST_ROWS, Interval, on_scale, quantiles, through, wilson
from evalcli.loaders import shown
from evalcli.metrics import METRICS, Request, Study, known_names, parse, values_of
from evalcli.metrics.registry import Floats
from evalcli.operating_points import Goal, LabelPoints, OperatingPoints, Point
from evalcli.options import Options
from evalcli.report import Score
from evalcli.statistics import Moments, Ranking, Stretch, redrawn
from evalcli.statistics.redrawn import of_cells

ALONE = Study("binary", ("other", "own"), 1)
"""One label against everything else."""
RECALLS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Of the points that are shown beside the chosen one."""
PART = 1 << 16
DRAWS, CELLS = 2000, 1 << 22
ROUNDING = 1e-12
KINDS = ("tn", "fp", "fn", "tp")
NONE = "no row is positive"
ONE_CLASS = "the labels hold one class only"
WEIGHTED = "points of weighted rows have no intervals"
OTHERS = {"min_precision": "recall", "min_recall": "precision", "max_fpr": "recall"}
"""What is the best of the thresholds that keep to a limit, where nothing else is asked for."""


def goal_of(
    maximize: str | None,
    costs: str | None,
    min_precision: float | None,
    min_recall: float | None,
    max_fpr: float | None,
) -> Goal:
    """A goal as it was typed; F1 without any. Refuses what cannot be reached, or has no meaning."""
    if maximize is not None and costs is not None:
        raise UsageError("--maximize and --cost are two goals", mend="give one of them")
    limits = {"min_precision": min_precision, "min_recall": min_recall, "max_fpr": max_fpr}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    for name, limit in given.items():
        option = f"--{name.replace('_', '-')}"
        if not 0 <= limit <= 1:
            percent = f"{option} {limit / 100:g}" if 1 < limit <= 100 else None
            raise UsageError(f"{option} {limit:g} is not a share from 0 to 1", mend=percent)
    wanted = None if costs is None else _costs(costs)
    if maximize is None and wanted is None:
        better = {OTHERS[name] for name in given}
        maximize = better.pop() if len(better) == 1 else "f1"
    if maximize is not None:
        _request(maximize)
    return Goal(maximize, wanted, min_precision, min_recall, max_fpr)


def _request(name: str) -> Request:
    try:
        found = parse(name, ALONE)
    except UsageError as error:
        mend = error.mend
        if name in known_names("multilabel"):
            mend = "each label has a threshold of its own, so that there are no averages: --maximize f1"
        raise UsageError(f"--maximize {name}: {error.what}", seen=error.seen, mend=mend) from None
    if found.metric.interval not in ("wilson", "table-bootstrap") or found.metric.better != "higher":
        known = [n for n, m in METRICS.items() if "binary" in m.tasks and m.better == "higher"]
        counted = [n for n in known if METRICS[n].interval in ("wilson", "table-bootstrap")]
        raise UsageError(
            f"--maximize {name}: no metric of counts whose higher values are better",
            mend=f"one of {', '.join(counted)}",
        )
    return found


def _costs(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (side.strip() for side in part.partition("="))
        try:
            cost = float(value)
        except ValueError:
            cost = math.nan
        if name not in KINDS or not math.isfinite(cost) or name in found:
            what = f"{name!r} is no kind of row" if name not in KINDS else f"{name} has no number"
            raise UsageError(
                f"--cost {text}: {f'{name} stands twice' if name in found else what}",
                mend="--cost fp=1,fn=5; tp and tn may have a cost, too",
            )
        found[name] = cost
    if len(set(found.values()) | ({0.0} if len(found) < len(KINDS) else set())) < 2:
        raise UsageError(f"--cost {text!r}: every row costs the same", mend="--cost fp=1,fn=5")
    return found


def tune(
    options: Options, goal: Goal, command: Sequence[str] = (), watch: Watch | None = None
) -> OperatingPoints:
    """Points of each curve, and which is best by a goal. Raises an ``EvalcliError`` as score does."""
    check_options(options)
    run = prepare(open_inputs(options), options, only=("roc_auc",), curves=True)
    with measured(run, watch) as found:
        refuse(run, found.tally)
        study = found.study
        ranking: Ranking = study.states[study.ranking]
        labels = tuple(
            _of_label(study.classes[column], row, ranking, run, goal, found.tally.spans)
            for row, column in enumerate(ranking.state.columns)
        )
        source = provenance(
            *(study, run.inputs, run.target, run.reading, found.tally, run.assembler.matching, options)
        )
    if study.task == "binary" and not labels[0].points:
        raise InputError(
            labels[0].reason or ONE_CLASS,
            where=run.inputs.place,
            mend="thresholds need rows of both classes",
            code="one-class",
        )
    return OperatingPoints(__version__, tuple(map(shown, command)), study.task, source, goal, labels)


def _of_label(
    label: str, row: int, ranking: Ranking, run: Run, goal: Goal, spans: Array | None
) -> LabelPoints:
    curve = ranking.curves[row]
    if not curve.positives or not curve.negatives:
        return LabelPoints(label, (), ONE_CLASS)
    allowed = _keeps(goal, curve)
    if not allowed.any():
        return LabelPoints(
            label, tuple(_shown(curve, ranking, row, run, goal, allowed, None)), _why(goal, curve)
        )
    best = _best(np.where(allowed, _values(goal, curve), -np.inf))
    return LabelPoints(label, tuple(_shown(curve, ranking, row, run, goal, allowed, best)))


def _best(values: Floats) -> int:
    """The highest threshold of the best ones; values that differ by rounding alone are the same."""
    top = values.max()
    return int(np.flatnonzero(values >= top - ROUNDING * max(1.0, abs(top)))[-1])


def _ends(curve: Stretch) -> tuple[Floats, Floats]:
    """True and false positives at each threshold; at the last one no row is positive."""
    return np.append(curve.tp, 0.0), np.append(curve.fp, 0.0)


def _keeps(goal: Goal, curve: Stretch) -> Array:
    """Which thresholds keep to the limits."""
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


def _why(goal: Goal, curve: Stretch) -> str:
    """Which limit no threshold keeps to."""
    alone = {
        f"--min-precision {goal.min_precision}": replace(Goal(), min_precision=goal.min_precision),
        f"--min-recall {goal.min_recall}": replace(Goal(), min_recall=goal.min_recall),
        f"--max-fpr {goal.max_fpr}": replace(Goal(), max_fpr=goal.max_fpr),
    }
    for name, one in alone.items():
        if not _keeps(one, curve).any():
            top = (
                f"; the highest precision is {float(curve.precision.max()):.4f}"
                if "precision" in name
                else ""
            )
            return f"no threshold keeps to {name}{top}"
    return f"no threshold has {goal.words.partition(' with ')[2]} at once"


def _cells(curve: Stretch) -> Floats:
    """Rows of each kind at each threshold, as in ``KINDS``; (thresholds, 4)."""
    tp, fp = _ends(curve)
    return np.stack([curve.negatives - fp, fp, curve.positives - tp, tp], axis=1)


def _values(goal: Goal, curve: Stretch) -> Floats:
    """What the best threshold has most of."""
    cells = _cells(curve)
    if goal.costs is not None:
        return -(cells @ np.array([goal.costs.get(kind, 0.0) for kind in KINDS]))
    request = _request(goal.maximize or "f1")
    truth, predicted = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    parts = [
        values_of(request, of_cells(truth, predicted, cells[first : first + PART], 2), ALONE)
        for first in range(0, len(cells), PART)
    ]
    return np.nan_to_num(np.concatenate(parts), nan=-np.inf)


def _shown(
    curve: Stretch, ranking: Ranking, row: int, run: Run, goal: Goal, allowed: Array, best: int | None
) -> Iterator[Point]:
    """Points along the curve by falling recall, and the chosen one among them."""
    cells = _cells(curve)
    tp = cells[:, 3]
    at = {int(np.flatnonzero(tp >= recall * curve.positives * (1 - ROUNDING))[-1]) for recall in RECALLS}
    for place in sorted(at | ({best} if best is not None else set())):
        last = place == len(curve.tp)
        tn, fp, fn, hits = map(_count, cells[place].tolist())
        yield Point(
            _cut(ranking, row, None if last else curve.scores[place]),
            hits,
            fp,
            fn,
            tn,
            figures=_figures(cells[place], goal, run),
            remark=NONE if last else "",
            allowed=bool(allowed[place]),
            chosen=place == best,
        )


def _cut(ranking: Ranking, row: int, score: Array | None) -> float:
    """The shortest number that rows of this score reach and those of the next lower one do not.

    None: that no row reaches.
    """
    runs = [run[row] for run in ranking.state.runs if run.shape[1]]
    if score is None:
        top = max(run.max() for run in runs)
        high = float(np.nextafter(_kept(ranking.threshold(float(top)), ranking), np.inf))
        low, high = ranking.threshold(float(top)), max(high + 1e-3, high * (1 + 1e-3))
    else:
        below = [run[run < score] for run in runs]
        lower = max((part.max() for part in below if len(part)), default=None)
        high = ranking.threshold(float(score))
        low = -math.inf if lower is None else ranking.threshold(float(lower))
    for digits in range(1, 18):
        number = math.floor(high * 10.0**digits) / 10.0**digits
        if low < _kept(number, ranking) <= _kept(high, ranking) and number <= high:
            return number
    return high


def _kept(number: float, ranking: Ranking) -> float:
    """A number in the type that scores are compared in."""
    plain = ranking.state.kind in (ScoreKind.PROBABILITIES, ScoreKind.RAW)
    narrow = plain and ranking.state.runs[0].dtype == np.float32
    return float(np.float32(number)) if narrow else number


def _count(n: float) -> float:
    return int(n) if float(n).is_integer() else n


def _figures(cells: Floats, goal: Goal, run: Run) -> dict[str, Score]:
    """Precision, recall, F1, false positive rate, and what is asked for, with their intervals."""
    tn, fp, fn, tp = cells.tolist()
    confidence, weighted = run.options.confidence, run.study.weighted
    n = tp + fp + fn + tn

    def score(value: float, better: str, rows: float, ends: tuple[float, float] | None, method: str) -> Score:
        if math.isnan(value):
            return Score(None, better, round(n), "no row is predicted positive")
        if weighted or ends is None:
            reason = WEIGHTED if weighted else "it does not vary"
            return Score(value, better, round(rows), interval_reason=reason)
        return Score(value, better, round(rows), interval=Interval(*ends, method))

    def share(hits: float, total: float, better: str = "higher") -> Score:
        ends = wilson(hits, total, confidence) if total else None
        return score(hits / total if total else math.nan, better, total, ends, "wilson")

    overlap = wilson(tp, tp + fp + fn, confidence)
    found = {
        "precision": share(tp, tp + fp),
        "recall": share(tp, tp + fn),
        "f1": score(
            2 * tp / (2 * tp + fp + fn), "higher", n, through(overlap, lambda j: 2 * j / (1 + j)), "wilson"
        ),
        "fpr": share(fp, fp + tn, "lower"),
    }
    if goal.costs is not None:
        costs = np.array([goal.costs.get(kind, 0.0) for kind in KINDS])
        moments = Moments.of(costs, cells)
        ends = None
        if n >= FEWEST_ROWS:
            ends = on_scale(moments.mean, moments.standard_error, (-math.inf, math.inf), n - 1, confidence)
        found["cost"] = score(moments.mean, "lower", n, ends, "normal")
    elif goal.maximize not in found and goal.maximize is not None:
        found[goal.maximize] = _of_metric(_request(goal.maximize), cells, run)
    return found


def _of_metric(request: Request, cells: Floats, run: Run) -> Score:
    table = cells.reshape(2, 2)
    one = of_cells(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), cells[None, :], 2)
    value = float(values_of(request, one, ALONE)[0])
    n = round(float(cells.sum()))
    if math.isnan(value):
        return Score(None, request.metric.better, n, request.metric.undefined.format(name="the class"))
    if run.study.weighted:
        return Score(value, request.metric.better, n, interval_reason=WEIGHTED)
    drawn = values_of(request, redrawn(table, np.random.default_rng(run.options.seed), DRAWS, CELLS), ALONE)
    low, high = quantiles(drawn[np.isfinite(drawn)], run.options.confidence)
    return Score(
        value,
        request.metric.better,
        n,
        interval=Interval(min(low, value), max(high, value), "table-bootstrap"),
    )
