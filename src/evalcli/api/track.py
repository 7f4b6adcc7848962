"""The epochs of a training run, from files."""

from __future__ import annotations

from os import PathLike
from typing import Unpack

from msgspec import Struct

from evalcli.api.errors import as_arguments
from evalcli.api.options import Metrics, PairOptions, options_from, require_known
from evalcli.api.plots import Pictures
from evalcli.api.report import save
from evalcli.engine.track import Tracked
from evalcli.engine.track import track as track_files
from evalcli.inputs.options import check_options
from evalcli.inputs.patterns import pattern_of
from evalcli.renderers.formats import render
from evalcli.renderers.tables import View
from evalcli.report import history
from evalcli.writers.history import HistoryFile

OWN = ("labels", "metrics", "best", "split", "history")


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

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        best = "" if self.best is None else f", best {self.best.epoch} by {self.best.metric}"
        return f"<History: {len(self.numbers):,} epochs{best}>"


def track(
    pattern: str,
    labels: str | None = None,
    *,
    metrics: Metrics = "default",
    best: str | None = None,
    split: str | None = None,
    history: str | PathLike[str] | None = None,
    **options: Unpack[PairOptions],
) -> History:
    """Score every epoch of a run, as ``evalcli track`` does.

    ``pattern``: paths with {epoch} for its number, and {split}; ``labels``: the same of their labels.
    ``best``: the metric that says which epoch is best, on ``split``. ``history``: a file that keeps what was
    scored; without it nothing is kept. Raises an ``EvalcliError`` for every error that the user can fix.
    """
    require_known(options, "track", PairOptions, OWN)
    with as_arguments():
        made = options_from({"predictions": pattern, "metrics": metrics, **options}, "track")
        check_options(made)
        found = None if labels is None else pattern_of(labels)
        tracked = Tracked(pattern_of(pattern), found, made, best, split)
        if history is None:
            return History.of(track_files(tracked))
        file = HistoryFile(str(history))
        known = file.read()
        whole = track_files(tracked, known, on_epoch=file.keep)
        file.close(whole, known)
        return History.of(whole)


__all__ = ["History", "track"]
