"""Pictures as files: drawn first, so that none is half written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalcli.errors import OutputError, UsageError
from evalcli.findings import omit, use
from evalcli.plots.canvas import VEGA, as_bytes, styled, suffix_of
from evalcli.plots.kinds import Kind, Look, Source, draw
from evalcli.plots.vega import as_text
from evalcli.text import escape
from evalcli.writers.files import write


def write_pictures(
    kinds: Sequence[Kind], source: Source, look: Look, path: str, dpi: float, style: str | None = None
) -> None:
    """One picture to a file, or each to a folder as PNG."""
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
    if vega:
        write(path, as_text(kinds[0], source, look))
        return
    with styled(style):
        made = {kind.name: as_bytes(draw(kind, source, look), suffix, dpi) for kind in kinds}
    if folder:
        try:
            Path(path).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                "the folder of the pictures cannot be made", where=escape(path), found=error.strerror
            ) from None
    for name, data in made.items():
        write(str(Path(path) / f"{name}{suffix}") if folder else path, data)
