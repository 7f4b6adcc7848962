"""Pictures of a report or a comparison from Python: ``report.plot.roc(ax=axes)``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.plots.kinds import KINDS, Kind, Look, Source, draw, kinds_of, lacking, rows_of
from evalcli.plots.matrix import require_choices
from evalcli.report.report import Report, frame_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from evalcli.report.report import Frame


class Picture(Struct, frozen=True):
    """One kind of picture of a result: call it to draw, ``frame()`` is its data."""

    kind: Kind
    source: Source

    def __call__(
        self,
        ax: Any = None,
        *,
        size: tuple[float, float] | None = None,
        normalize: str | None = None,
        sort: str = "given",
        also: Mapping[str, Report] | None = None,
        costs: Mapping[str, float] | None = None,
    ) -> Figure:
        """Draw on matplotlib axes, or on a figure of its own, which is returned.

        ``size``: inches. ``normalize`` and ``sort``: of a confusion matrix. ``also``: further reports in the
        same picture. ``costs``: of outcomes, for thresholds: ``{"fp": 1, "fn": 5}``. Raises a ``UsageError``
        if the result has no such picture.
        """
        self._require()
        require_choices(normalize, sort)
        look = Look(size, normalize, sort, also or {}, costs or {})
        if ax is not None:
            return draw(self.kind, self.source, look, ax)
        from evalcli.plots.canvas import styled

        with styled(None):
            return draw(self.kind, self.source, look)

    def frame(self) -> Frame:
        """The data that is drawn, as a table."""
        self._require()
        return frame_of(rows_of(self.kind, self.source))

    def _require(self) -> None:
        why = lacking(self.kind, self.source)
        if why is not None:
            curves = why == "the report has no curves"
            hint = 'score with curves="default"' if curves else None
            raise UsageError(f"{self.kind.name}: {why}", hint=hint)

    def __repr__(self) -> str:
        return f"<Picture: {self.kind.meaning}>"


class Pictures(Struct, frozen=True):
    """The kinds of pictures by name: ``report.plot.confusion()``; iterating gives the names that it has."""

    source: Source

    def __getattr__(self, name: str) -> Picture:
        if name not in KINDS:
            raise AttributeError(f"no picture {name!r}; there are {', '.join(KINDS)}")
        return Picture(KINDS[name], self.source)

    def __iter__(self) -> Iterator[str]:
        return (kind.name for kind in kinds_of(self.source))

    def __dir__(self) -> list[str]:
        return list(self)


__all__ = ["Picture", "Pictures"]
