"""The epochs of a training run, from files."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Unpack

from msgspec import Struct

from evalcli.api.errors import as_arguments
from evalcli.api.options import Metrics, PairOptions, options_from, require_known
from evalcli.api.plots import Pictures
from evalcli.api.report import log, save
from evalcli.engine.epochs import Tracked, jobs_of
from evalcli.engine.logged import logged
from evalcli.engine.track import track as track_files
from evalcli.inputs.options import check_options
from evalcli.inputs.run_folder import run_in
from evalcli.renderers.formats import render
from evalcli.renderers.tables import View
from evalcli.report import history
from evalcli.writers.history import HistoryFile

OWN = ("labels", "metrics", "best", "split", "history", "fresh", "epoch_col", "split_col")


class History(history.History, Struct, frozen=True):
    """The epochs of a run: ``epochs``, ``best`` (``epoch``, ``take``, ``alike``, ``optimism``), ``gaps``."""

    @classmethod
    def of(cls, found: history.History) -> History:
        """The same for notebooks."""
        return cls(**{name: getattr(found, name) for name in found.__struct_fields__})

    def to_text(self) -> str:
        """The table, as ``evalcli track`` prints it."""
        return render(self, "table", View()).decode()

    @property
    def plot(self) -> Pictures:
        """Pictures: ``.plot.history()`` draws the curves, ``.plot.history.frame()`` is the data."""
        return Pictures(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file by its suffix: JSON, text, CSV or TSV."""
        save(self, path)

    def log(self, tracker: str) -> None:
        """Log all epochs to a tracker, as ``--log`` does: "tensorboard:DIR", "mlflow", "wandb"..."""
        log(self, tracker)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        best = "" if self.best is None else f", best {self.best.epoch} by {self.best.metric}"
        return f"<History: {len(self.numbers):,} epochs{best}>"


def track(
    pattern: str | PathLike[str],
    labels: str | PathLike[str] | None = None,
    *,
    epoch_col: str | None = None,
    split_col: str | None = None,
    metrics: Metrics = "default",
    best: str | None = None,
    split: str | None = None,
    history: str | PathLike[str] | None = None,
    fresh: bool = False,
    **options: Unpack[PairOptions],
) -> History:
    """Score every epoch of a run, as ``evalcli track`` does.

    ``pattern``: paths with {epoch} for its number, and {split}, a folder that has such files, or a log;
    ``labels``: the same of their labels. ``epoch_col``, ``split_col``: columns of tables that have several
    epochs below each other.
    ``best``: the metric that says which epoch is best, on ``split``. ``history``: a file that keeps what was
    scored, ``fresh`` replaces it; without it nothing is kept.
    Raises an ``EvalcliError`` for every error that the user can fix.
    """
    require_known(options, "track", PairOptions, OWN)
    with as_arguments():
        path, labels_path = str(pattern), None if labels is None else str(labels)
        if Path(path).is_dir():
            in_folder = run_in(path)
            path, labels_path = in_folder.pattern, labels_path or in_folder.labels
        if "{" not in path and epoch_col is None:
            _refuse_options(labels_path, metrics, history, split_col, options)
            return History.of(logged(path, best, split))
        made = options_from({"predictions": path, "metrics": metrics, **options}, "track")
        check_options(made)
        columns = {"epoch": epoch_col, "split": split_col}
        tracked = Tracked.of(path, labels_path, made, best, split, columns)
        jobs = jobs_of(tracked)
        if history is None:
            return History.of(track_files(tracked, jobs))
        file = HistoryFile(str(history), fresh)
        known = None if fresh else file.read()
        whole = track_files(tracked, jobs, known, on_epoch=file.keep)
        file.close(whole, known)
        return History.of(whole)


def _refuse_options(*given: object) -> None:
    """Refuse options on predictions where there is a log."""
    if any(value not in (None, "default", {}) for value in given):
        raise TypeError("track() of a log takes best and split: its values are there, and not computed")


__all__ = ["History", "track"]
