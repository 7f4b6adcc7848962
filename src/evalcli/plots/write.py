"""Pictures as files: drawn first, so that none is half written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from evalcli.errors import UsageError
from evalcli.findings import omit, use
from evalcli.metrics.lookup import among
from evalcli.plots.canvas import VEGA, as_bytes, styled, suffix_of
from evalcli.plots.kinds import Kind, Look, Source, draw, lacking
from evalcli.plots.vega import as_text
from evalcli.report.history import History
from evalcli.report.report import Report
from evalcli.text import escape, join_names, suggest
from evalcli.writers.files import write


def write_pictures(
    kinds: Sequence[Kind], source: Source, look: Look, path: str, dpi: float, style: str | None = None
) -> list[str]:
    """One picture to a file, or each to a folder as PNG; the paths."""
    folder = path.endswith(("/", "\\")) or Path(path).is_dir() or (len(kinds) != 1 and not Path(path).suffix)
    if not folder and len(kinds) != 1:
        raise UsageError(
            f"{len(kinds)} pictures do not fit into one file", hint=use("for a folder", output="plots/")
        )
    vega = path.lower().endswith(VEGA) and not folder
    suffix = ".png" if folder else VEGA if vega else suffix_of(path)
    if look.also and not all(kind.overlaid for kind in kinds):
        alone = next(kind.name for kind in kinds if not kind.overlaid)
        raise UsageError(f"--also: {alone} shows one model", hint=omit("also"))
    _require_alike(kinds, source, look)
    if isinstance(source, History) and look.metrics:
        look = _with_metrics(kinds, source, look)
    if vega and style is not None:
        raise UsageError("--style is for PNG, SVG and PDF", hint=omit("style"))
    if vega:
        write(path, as_text(kinds[0], source, look), "picture")
        return [path]
    with styled(style):
        made = {kind.name: as_bytes(draw(kind, source, look), suffix, dpi) for kind in kinds}
    paths = {name: str(Path(path) / f"{name}{suffix}") if folder else path for name in made}
    for name, data in made.items():
        write(paths[name], data, "picture")
    return list(paths.values())


def _require_alike(kinds: Sequence[Kind], source: Source, look: Look) -> None:
    """Refuse reports of other data in the same picture, and looks that no picture has."""
    for name, other in look.also.items():
        why = next((why for kind in kinds if (why := lacking(kind, other)) is not None), None)
        if isinstance(source, Report) and (other.task, other.classes) != (source.task, source.classes):
            why = "it has another task or other classes"
        if isinstance(source, Report) and other.input.positive != source.input.positive:
            why = "it has another positive class"
        if why is not None:
            raise UsageError(f"--also {escape(name)}: {why}", hint=omit("also"))
    if look.costs and not any(kind.name == "thresholds" for kind in kinds):
        raise UsageError("--cost is for thresholds", hint=omit("cost"), code="no-effect")
    if look.normalize is not None and not any(kind.needs == "confusion" for kind in kinds):
        raise UsageError("--normalize is for confusion matrices", hint=omit("normalize"), code="no-effect")
    if look.sort != "given" and not any(kind.name == "confusion" for kind in kinds):
        raise UsageError("--sort is for a confusion matrix", hint=omit("sort"), code="no-effect")


def _with_metrics(kinds: Sequence[Kind], history: History, look: Look) -> Look:
    """The metrics by the names that the run has; refuses others, and several where one is drawn."""
    if len(kinds) > 1:
        raise UsageError("--metrics is for one kind of picture", hint=omit("metrics"), code="no-effect")
    names = {name for epoch in history.epochs for name in epoch.metrics}
    if any(kind.name == "class_history" for kind in kinds):
        names = {name for epoch in history.epochs for row in epoch.per_class.values() for name in row.metrics}
        if len(look.metrics) > 1:
            raise UsageError("one metric of classes is drawn", hint=use(metrics=look.metrics[0]))
    elif not any(kind.name == "history" for kind in kinds):
        raise UsageError("this picture has no metrics", hint=omit("metrics"), code="no-effect")
    task = next((epoch.task for epoch in history.epochs if epoch.task), "")
    found = []
    for text in look.metrics:
        name = among(sorted(names), text, task)
        if name is None:
            like = suggest(text, names)
            raise UsageError(
                f"--metrics {escape(text)}: not in the history",
                found=join_names(sorted(names), 20),
                hint=use(metrics=like) if like else omit("metrics"),
            )
        found.append(name)
    return replace(look, metrics=tuple(found))
