"""The best epoch of a run, which others cannot be told from it, and what the curves of a run show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.engine.compare import changes_from
from evalcli.engine.epoch_state import NO_PAIRS
from evalcli.engine.stored_results import state_in
from evalcli.errors import EvalcliError, UsageError
from evalcli.findings import Blank, use
from evalcli.inputs.options import Options
from evalcli.metrics.lookup import among
from evalcli.report.comparison import Change
from evalcli.report.headline import headline_of
from evalcli.report.history import TRAINING, VALIDATION, Best, Epoch, Gap, History
from evalcli.report.score import Score
from evalcli.text import join_names, suggest

MOST_MISSING = 10_000
AT_ONCE = 16
"""Epochs that are compared with the best in one go, so that memory stays flat."""
DRAWS, FEWEST, CAREFUL = 4000, 2, 1.2
"""Draws of the highest of several values, the fewest of them, and a margin on errors taken from intervals."""
LOSSES = ("log_loss", "rmse", "mae")
"""What a model is fitted to, as far as a history tells."""
Key = tuple[int, str]


class Told(Struct, frozen=True):
    """Changes of some epochs from another one, by epoch; ``paired``: on the same rows.

    ``apart``: epochs that are so far away that no pairs of rows could make them alike. ``why``: there are no
    pairs.
    """

    changes: Mapping[int, Change]
    paired: bool
    apart: frozenset[int] = frozenset()
    why: str | None = None


def findings(
    history: History, options: Mapping[Key, Options], best: str | None, split: str | None
) -> History:
    """The history with its best epoch, gaps, and remarks."""
    if not history.epochs:
        return history
    where = split_of(history, split)
    remarks = list(_remarks(history))
    known = [epoch for epoch in history.epochs if epoch.split == where and epoch.problem is None]
    if not known:
        return replace(history, notes=tuple(remarks))
    metric = metric_of(known[0], best)
    loss = _loss_of(known[0])
    found = replace(history, shown=shown_of(known[0], best))
    chosen, told = _best(found, metric, where, options)
    if chosen is not None:
        remarks += _on_best(chosen, found, told)
    train = next((name for name in history.splits if name.lower() in TRAINING), None)
    over = None
    if train is not None and loss is not None and train != where:
        over = _overfits(found, loss, where, train, options, told if loss == metric else None)
    at = None if chosen is None else chosen.epoch
    gaps = () if train is None or at is None or train == where else tuple(_gaps(found, at, train, where))
    return replace(found, best=chosen, gaps=gaps, overfits=over, notes=tuple(remarks))


def split_of(history: History, asked: str | None) -> str:
    """The split that epochs are compared on. Raises a ``UsageError`` where names do not tell."""
    names = history.splits
    if asked is not None:
        if asked not in names:
            like = suggest(asked, names)
            raise UsageError(
                f"no split {asked!r}",
                found=join_names(names),
                hint=use(split=like) if like else use(split=names[-1]),
            )
        return asked
    usual = [name for word in VALIDATION for name in names if name.lower() == word]
    if usual or len(names) == 1:
        return (usual or list(names))[0]
    others = [name for name in names if name.lower() not in TRAINING]
    if len(others) == 1:
        return others[0]
    raise UsageError(
        "which split are epochs compared on?", found=join_names(names), hint=use(split=Blank("NAME"))
    )


def has_metric(epoch: Epoch, asked: str | None) -> bool:
    """Whether an epoch has the metric that epochs are compared by."""
    return asked is None or _known(epoch, asked) is not None


def metric_of(epoch: Epoch, asked: str | None) -> str:
    """The metric that epochs are compared by: the one that is asked for, or the headline of the task."""
    better = {name: score.better for name, score in epoch.metrics.items()}
    if asked is None:
        found = headline_of(epoch.task, epoch.options.get("average", "macro"), better)
        if found is None:
            raise UsageError("no metric says which epoch is best", hint=use(best=Blank("METRIC")))
        return found
    name = _known(epoch, asked)
    if name is None:
        like = suggest(asked, epoch.metrics)
        hint = use(best=like) if like else use(metrics=f"default,{asked}")
        raise UsageError(
            f"--best {asked}: not among the metrics", found=join_names(epoch.metrics, 20), hint=hint
        )
    if better[name] == "none":
        raise UsageError(
            f"--best {asked}: neither higher nor lower is better", hint=use(best=Blank("METRIC"))
        )
    return name


def _known(epoch: Epoch, asked: str) -> str | None:
    """The metric of an epoch that a name means."""
    return among(epoch.metrics, asked, epoch.task, str(epoch.options.get("average", "macro")))


def shown_of(epoch: Epoch, best: str | None) -> tuple[str, ...]:
    """What a table of epochs shows: the metric that they are compared by, and a loss."""
    names = (metric_of(epoch, best), _loss_of(epoch))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _loss_of(epoch: Epoch) -> str | None:
    return next((name for name in LOSSES if name in epoch.metrics), None)


def _best(
    history: History, metric: str, split: str, options: Mapping[Key, Options]
) -> tuple[Best | None, Told | None]:
    values = _of_whole(history, metric, split)
    if not values:
        return None, None
    better = next(iter(values.values())).better
    sign = 1.0 if better == "higher" else -1.0
    epoch = max(values, key=lambda number: (sign * float(values[number].value or 0.0), -number))
    score = values[epoch]
    told = _told(history, metric, split, epoch, [number for number in values if number != epoch], options)
    alike = tuple(sorted({epoch, *(n for n in values if n != epoch and _is_alike(told, values, epoch, n))}))
    return (
        Best(
            metric=metric,
            better=better,
            split=split,
            epoch=epoch,
            value=float(score.value or 0.0),
            interval=score.interval_ends,
            alike=alike,
            take=alike[0],
            paired=told.paired,
            optimism=optimism(
                [sign * float(values[n].value or 0.0) for n in alike],
                [change.error for n in alike if (change := told.changes.get(n)) is not None],
            ),
        ),
        told,
    )


def _of_whole(history: History, metric: str, split: str) -> dict[int, Score]:
    """A metric of the epochs that have all rows: fewer may be the easier ones."""
    rows = {epoch.epoch: epoch.rows for epoch in history.epochs if epoch.split == split and not epoch.problem}
    most = max(rows.values(), default=0)
    return {number: score for number, score in history.values(metric, split) if rows[number] == most}


def _is_alike(told: Told, values: Mapping[int, Score], epoch: int, other: int) -> bool:
    """Whether an epoch cannot be told from the best: by its change, or, of other rows, by both intervals."""
    if other in told.apart:
        return False
    if told.paired:
        change = told.changes.get(other)
        return change is not None and change.p is not None and change.meaning not in ("worse", "better")
    ends = values[epoch].interval_ends, values[other].interval_ends
    if ends[0] is None or ends[1] is None:  # nothing says how far apart they would have to be
        return values[other].value == values[epoch].value
    return ends[0][0] <= ends[1][1] and ends[1][0] <= ends[0][1]


def _told(
    history: History,
    metric: str,
    split: str,
    first: int,
    others: Sequence[int],
    options: Mapping[Key, Options],
) -> Told:
    """Compare some epochs with one, on the same rows if all have these."""
    apart = frozenset(_apart(history, metric, split, first, others))
    if not others:
        return Told({}, True, apart)
    every, others = len(others), [number for number in others if number not in apart]
    if any(state_in(path) for number in (first, *others) for path in options[number, split].files):
        return Told({}, False, apart, NO_PAIRS)
    found: dict[int, Change] = {}
    own = replace(options[first, split], metrics=(metric,), by=(), batches=None, compat=None)
    for start in range(0, len(others), AT_ONCE):
        some = others[start : start + AT_ONCE]
        models = [(str(first), own)]
        for number in some:
            files = options[number, split]
            read = {"predictions": files.predictions, "labels": files.labels, "opened": files.opened}
            models.append((str(number), replace(own, **read)))
        try:
            compared = changes_from(models)
        except EvalcliError as error:
            return Told({}, False, apart, error.what)
        for number, changes in zip(some, compared, strict=True):
            change = next((change for change in changes if change.metric == metric), None)
            if change is not None:
                found[number] = change
    return Told(_adjusted(found, every, history.confidence), True, apart)


def _apart(history: History, metric: str, split: str, first: int, others: Sequence[int]) -> Iterator[int]:
    """Epochs whose difference no correlation explains: its error is at most the sum of both errors."""
    scores = dict(history.values(metric, split))
    z = NormalDist().inv_cdf((1 + history.confidence) / 2)
    far = NormalDist().inv_cdf(1 - (1 - history.confidence) / (2 * max(len(others), 1))) * CAREFUL

    def error(score: Score) -> float:
        ends = score.interval_ends
        return math.inf if ends is None else max(ends[1] - ends[0], 1e-300) / (2 * z)

    for number in others:
        difference = abs(float(scores[number].value or 0.0) - float(scores[first].value or 0.0))
        if difference > far * (error(scores[number]) + error(scores[first])):
            yield number


def _adjusted(changes: Mapping[int, Change], every: int, confidence: float) -> dict[int, Change]:
    """Tests adjusted over all epochs (Holm), those that are far apart among them, and what they mean then."""
    from evalcli.gate.changes import meaning_of
    from evalcli.statistics.p_values import holm

    numbers = list(changes)
    found = {}
    tests = [*(changes[n].p for n in numbers), *[0.0] * (every - len(numbers))]
    for number, p in zip(numbers, holm(tests), strict=False):
        change = replace(changes[number], adjusted=p)
        found[number] = replace(change, meaning=meaning_of(change, confidence))
    return found


def optimism(values: Sequence[float], errors: Sequence[float | None], seed: int = 0) -> float | None:
    """By how much the highest of several values is expected to exceed what it stands for.

    ``values``: higher is better; ``errors``: standard errors of differences between two of them. Each value
    is taken to be off by a normal error of its own, and the true ones to lie around their mean as closely as
    the values do beyond these errors (empirical Bayes); the highest is chosen in draws of both. None for
    fewer than two.
    """
    known = [error for error in errors if error]
    if len(values) < FEWEST or not known:
        return None
    noise = float(np.median(known)) / np.sqrt(2.0)
    given = np.asarray(values, np.float64)
    spread = float(given.var(ddof=1))
    true = given.mean() + np.sqrt(max(0.0, 1.0 - noise**2 / spread) if spread else 0.0) * (
        given - given.mean()
    )
    errors_drawn = np.random.default_rng(seed).normal(0.0, noise, (DRAWS, len(given)))
    chosen = np.argmax(true + errors_drawn, axis=1)
    return float(errors_drawn[np.arange(DRAWS), chosen].mean())


def _gaps(history: History, epoch: int, train: str, split: str) -> Iterator[Gap]:
    """Training minus validation at an epoch; the sets have no rows in common."""
    one, other = history.find(epoch, train), history.find(epoch, split)
    if one is None or other is None:
        return
    z = NormalDist().inv_cdf((1 + history.confidence) / 2)
    for metric in history.shown:
        scores = [part.metrics.get(metric) for part in (one, other)]
        if any(score is None or score.value is None for score in scores):
            continue
        values = [float(score.value) for score in scores]  # type: ignore[union-attr, arg-type]
        ends = [score.interval_ends for score in scores if score is not None and score.interval_ends]
        value = values[0] - values[1]
        interval = None
        if len(ends) == len(values):
            error = math.hypot(*[(pair[1] - pair[0]) / (2 * z) for pair in ends if pair])
            interval = value - z * error, value + z * error
        yield Gap(metric, epoch, value, interval)


def _overfits(
    history: History,
    loss: str,
    split: str,
    train: str,
    options: Mapping[Key, Options],
    told: Told | None,
) -> int | None:
    """The first epoch whose loss is above its minimum for sure, while that of training is below there."""
    values = {number: float(score.value or 0.0) for number, score in history.values(loss, split)}
    fitted = {number: float(score.value or 0.0) for number, score in history.values(loss, train)}
    if not values:
        return None
    lowest = min(values, key=lambda number: (values[number], number))
    later = [n for n in values if n > lowest and lowest in fitted and fitted.get(n, np.inf) < fitted[lowest]]
    if not later:
        return None
    if told is None or not set(later) <= {*told.changes, *told.apart}:
        told = _told(history, loss, split, lowest, later, options)
    worse = {n for n in later if n in told.changes and told.changes[n].meaning == "worse"} | told.apart
    since = None
    after = [n for n in values if n > lowest]
    for number in reversed(after):  # to the end of the run, not at one epoch alone
        if number not in worse or number not in later:
            break
        since = number
    return since


def _remarks(history: History) -> Iterator[str]:
    for split in history.splits:
        epochs = [epoch for epoch in history.epochs if epoch.split == split]
        of = f" of {split}" if split else ""
        for epoch in epochs:
            if epoch.problem is not None:
                yield f"epoch {epoch.epoch}{of} diverged: {epoch.problem}"
        lacking = _lacking([epoch.epoch for epoch in epochs])
        if lacking:
            yield f"epochs{of} are missing between others: {join_names(map(str, lacking), 5)}"
        rows = {epoch.rows for epoch in epochs if epoch.problem is None}
        if len(rows) > 1:
            yield f"epochs{of} have different rows: {min(rows):,} to {max(rows):,}"


def _lacking(numbers: Sequence[int]) -> list[int]:
    """Numbers that are missing where most epochs have the same distance, and all others a multiple of it."""
    steps = [b - a for a, b in pairwise(numbers)]
    usual = max(set(steps), key=steps.count, default=0)
    regular = steps.count(usual) * 2 > len(steps) and all(step % usual == 0 for step in steps)
    if not regular or sum(steps) > MOST_MISSING * usual:
        return []
    return sorted(set(range(numbers[0], numbers[-1], usual)) - set(numbers))


def _on_best(best: Best, history: History, told: Told | None) -> Iterator[str]:
    if told is not None and told.why is not None:
        yield f"epochs are compared by their intervals, not by pairs of rows: {told.why}"
    if told is not None and told.changes and all(change.p is None for change in told.changes.values()):
        yield f"{best.metric} has no test: whether other epochs are alike is not known"
    if best.split.lower() in TRAINING:
        yield f"the best epoch is chosen on {best.split}, which the model is fitted to"
    fewer = set(dict(history.values(best.metric, best.split))) - set(
        _of_whole(history, best.metric, best.split)
    )
    if fewer:
        yield f"epochs with fewer rows than others are not chosen: {join_names(map(str, sorted(fewer)), 5)}"
    after = [number for number in history.numbers if number >= best.take]
    if len(best.alike) > 1 and len(after) > FEWEST and set(after) <= set(best.alike):
        yield f"a plateau: no epoch since {best.take} can be told from the best"


__all__ = ["findings", "has_metric", "metric_of", "optimism", "shown_of", "split_of"]
