"""Figures without global state, their colours, and files that are complete or not there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalcli.errors import UsageError
from evalcli.findings import Blank, use
from evalcli.plots.fonts import find_fonts
from evalcli.text import escape, join_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#666666")
"""Told apart with any kind of colour vision (Okabe & Ito), dark enough on white."""
GREY, FAINT = "#777777", "#CCCCCC"
SUFFIXES, VEGA = (".png", ".svg", ".pdf"), ".vl.json"
LONGEST = 28
SMALL, CUT = 3.0, 0.1
"""Inches: figures that may have no room, and what may stand over an edge."""
STYLE = {
    "font.size": 8.0,
    "axes.titlesize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 7.0,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "text.parse_math": False,
}


def matplotlib() -> Any:
    """The library, or how to get it."""
    try:
        import matplotlib as found
    except ImportError:
        raise UsageError(
            "pictures need matplotlib, which is not installed",
            hint="pip install 'evalcli[plots]'",
            code="no-matplotlib",
        ) from None
    return found


def figure(size: tuple[float, float]) -> Figure:
    """An empty figure that keeps its parts apart."""
    matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")


def styled(path: str | None) -> Any:
    """The style of pictures as a context; ``path``: a style sheet on top of it."""
    library = matplotlib()
    style = dict(STYLE)
    if path is not None:
        try:
            found = dict(library.rc_params_from_file(path, fail_on_error=True, use_default_template=False))
            lines = Path(path).read_text(encoding="utf-8").splitlines()
            keys = [line.partition("#")[0].partition(":")[0].strip() for line in lines]
            unknown = [key for key in keys if key and key not in found]
            if unknown:
                raise ValueError(f"unknown key {unknown[0]}")
            style |= found
        except (OSError, UnicodeDecodeError, ValueError) as error:
            words = str(error).splitlines() or [type(error).__name__]
            raise UsageError(
                f"--style {escape(path)}: not a style sheet of matplotlib",
                found=escape(words[0]),
                hint=use(style=Blank("FILE.mplstyle")),
            ) from None
    return library.rc_context(style)


def as_bytes(drawn: Figure, suffix: str, dpi: float) -> bytes:
    """The file of a figure; the same picture has the same bytes."""
    if suffix != ".svg":
        find_fonts(drawn)
    out = io.BytesIO()
    metadata = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    drawn.savefig(out, format=suffix.removeprefix("."), dpi=dpi, metadata=metadata[suffix])
    width, height = drawn.get_size_inches()
    if min(width, height) < SMALL:
        box = drawn.get_tightbbox()
        if box.x0 < -CUT or box.y0 < -CUT or box.x1 > width + CUT or box.y1 > height + CUT:
            what = f"--size {width:g}x{height:g} has no room for the picture"
            raise UsageError(what, hint=use(size="3.5x3"))
    return out.getvalue()


def suffix_of(path: str) -> str:
    """The suffix of a picture; refuses others."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = join_names((*SUFFIXES, VEGA))
        raise UsageError(f"--output {escape(path)}: which format?", hint=f"a file name that ends in {known}")
    return suffix


def named(name: str, most: int = LONGEST) -> str:
    """A name as it is drawn: one line, without control characters, not too long."""
    text = escape(name)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def colour(index: int) -> str:
    """A colour for each of several things."""
    return COLOURS[index % len(COLOURS)]


def readable_on(red: float, green: float, blue: float) -> str:
    """Black or white, whichever stands out from a colour (relative luminance, WCAG 2).

    >>> readable_on(1.0, 1.0, 1.0), readable_on(0.0, 0.1, 0.3)
    ('black', 'white')
    """

    def linear(c: float) -> float:
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    return "black" if luminance > 0.179 else "white"


def legend(axes: Any, where: str = "best", most: int = 8, beside: bool = False) -> None:
    """A legend, if there is something to tell apart and not too much.

    ``beside``: to the right of the axes. ``where`` may be ``below`` them.
    """
    handles, labels = axes.get_legend_handles_labels()
    if beside and len(labels) <= 2 * most:
        axes.legend(handles, labels, loc="center left", bbox_to_anchor=(1.01, 0.5), borderaxespad=0.0)
    elif where == "below" and len(labels) > 1:
        columns = 2 if len(labels) == 4 else 3
        axes.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=columns)
    elif 1 < len(labels) <= most or (len(labels) == 1 and labels[0]):
        axes.legend(handles, labels, loc=where)


def titles(axes: Any, title: str, across: str, up: str) -> None:
    """Title and names of both axes."""
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def forest(
    axes: Any, names: Sequence[str], points: Sequence[tuple[float, float | None, float | None]]
) -> None:
    """A row for each name, the first on top: a point and its interval."""
    places = range(len(names) - 1, -1, -1)
    for place, (value, low, high) in zip(places, points, strict=True):
        if low is not None and high is not None:
            axes.plot([low, high], [place, place], color=colour(0), linewidth=1.6, solid_capstyle="butt")
        axes.plot([value], [place], "o", color=colour(0), markersize=4)
    axes.set_yticks(list(places), [named(name) for name in names])
    axes.set_ylim(-0.7, len(names) - 0.3)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
