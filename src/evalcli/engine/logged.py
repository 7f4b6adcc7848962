"""The history of a run from the log of its training loop: values as they are there, without intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalcli import __version__
from evalcli.engine.best_epoch import split_of
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, use
from evalcli.inputs.column_names import LABEL_NAMES, plain_name
from evalcli.loaders.locate import shown
from evalcli.loaders.training_logs import Logged, better_of, read_log
from evalcli.report.history import TRAINING, Best, Epoch, History
from evalcli.report.score import Score
from evalcli.text import escape, join_names, suggest

FROM_LOG = "taken from a log, not computed"


def logged(path: str, best: str | None, split: str | None, command: Sequence[str] = ()) -> History:
    """The history of a log. Raises an ``EvalcliError`` for every error that the user can fix."""
    log = read_log(path)
    _refuse_predictions(path, log)
    epochs = tuple(
        Epoch(
            epoch=epoch,
            split=part,
            fields={},
            files=(),
            options={},
            version=__version__,
            metrics={
                name: Score(value, better_of(name), 0, interval_reason=FROM_LOG)
                for name, value in values.items()
            },
        )
        for (epoch, part), values in log.values.items()
    )
    history = History(__version__, tuple(map(shown, command)), path, epochs, (), asked=(best, split))
    where = split_of(history, split)
    metric = _metric(history, where, best)
    loss = next((name for _, name in _names(history) if name.endswith("loss")), None)
    others = list(dict.fromkeys(name for _, name in _names(history)))
    found = [name for name in (metric, loss) if name is not None] or others[:1]
    return History(
        version=history.version,
        command=history.command,
        title=path,
        epochs=epochs,
        shown=tuple(dict.fromkeys(found)),
        best=None if metric is None else _best(history, metric, where),
        notes=tuple(_notes(log)),
        asked=history.asked,
    )


def _refuse_predictions(path: str, log: Logged) -> None:
    """A table with labels is one of predictions, not a log."""
    names = {*log.left_out, *(name for values in log.values.values() for name in values)}
    labels = [name for name in LABEL_NAMES if name in {plain_name(name) for name in names}]
    if labels:
        raise InputError(
            "the file has labels, as predictions of several epochs have, and logs have not",
            where=escape(path),
            found=f"columns {log.order} and {labels[0]}",
            hint=use(epoch_col=log.order),
            code="not-a-log",
        )


def _names(history: History) -> Iterator[tuple[str, str]]:
    for epoch in history.epochs:
        for name in epoch.metrics:
            yield epoch.split, name


def _metric(history: History, split: str, asked: str | None) -> str | None:
    names = list(dict.fromkeys(name for part, name in _names(history) if part == split))
    if asked is None:
        known = [name for name in names if better_of(name) != "none"]
        return next((name for name in known if better_of(name) == "higher"), next(iter(known), None))
    if asked not in names:
        like = suggest(asked, names)
        hint = use(best=like) if like else use(best=Blank("METRIC"))
        raise UsageError(f"--best {asked}: not in the log of {split}", found=join_names(names, 20), hint=hint)
    if better_of(asked) == "none":
        raise UsageError(
            f"--best {asked}: its name does not say whether higher or lower is better",
            hint=use(best=Blank("METRIC")),
        )
    return asked


def _best(history: History, metric: str, split: str) -> Best | None:
    values = {epoch: float(score.value or 0.0) for epoch, score in history.values(metric, split)}
    if not values:
        return None
    better = better_of(metric)
    sign = 1.0 if better == "higher" else -1.0
    epoch = max(values, key=lambda number: (sign * values[number], -number))
    return Best(metric, better, split, epoch, values[epoch], None, (epoch,), epoch, False)


def _notes(log: Logged) -> Iterator[str]:
    yield (
        f"values are {FROM_LOG}: as means of batches they may be off, and have no intervals; "
        "save the predictions of each epoch for these"
    )
    if log.order.strip().lower() != "epoch":
        yield f"epochs are counted by {log.order.strip()}"
    for (split, metric), epochs in log.not_finite.items():
        numbers = join_names(map(str, dict.fromkeys(epochs)), 5)
        yield f"{metric} of {split} is not finite at epoch {numbers}: the run diverged"
    if log.left_out:
        yield f"no metrics: {join_names(log.left_out, 8)}"
    if not any(split in TRAINING for _, split in log.values):
        yield "the log has no values of training"


__all__ = ["logged"]
