"""What a tracker of experiments is to this tool: one method takes values and figures of a step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, count
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[], "Figure"]
UNUSUAL = re.compile(r"[^\w\-.]")
"""Characters that some trackers refuse in names, or replace by others."""


class Sink(Protocol):
    """A tracker that is open."""

    def log(self, step: int, split: str, values: Mapping[str, float], figures: Mapping[str, Draw]) -> None:
        """Log finite values by name, and figures, which are drawn here; ``split``: empty if there is one."""
        ...

    def close(self, name: str, document: Callable[[], bytes]) -> None:
        """End the run. ``document``: the whole result as JSON, for a file of a ``name``, if it is kept."""
        ...

    def abandon(self) -> None:
        """End the run as one that failed; what was there before stays."""
        ...


class Entry(Struct, frozen=True):
    """What is logged at once."""

    step: int
    split: str
    values: Mapping[str, float]
    figures: Mapping[str, Draw]


def tags(names: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Names of parts, joined by slashes; characters that a tracker may refuse are underscores.

    Names that are the same then have a number.

    >>> list(tags([("f1",), ("f1", "a/b"), ("f1", "a_b")]))
    ['f1', 'f1/a_b', 'f1/a_b.2']
    """
    known: set[str] = set()
    for parts in names:
        plain = [UNUSUAL.sub("_", part).strip() for part in parts]
        tag = "/".join("_" if not part.strip(".") else part for part in plain)
        free = next(name for name in chain([tag], (f"{tag}.{i}" for i in count(2))) if name not in known)
        known.add(free)
        yield free


__all__ = ["Draw", "Entry", "Sink", "tags"]
