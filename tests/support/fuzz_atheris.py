"""A longer hunt for inputs that break a reader, guided by coverage: ``make fuzz``.

The inputs begin as good files of every format. Findings are in the folder that the run names.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["evalcli"]):
    from support.mutants import FORMATS, seed_file, wrong


FOLDER = Path(tempfile.mkdtemp(prefix="evalcli-fuzz-"))


def one(data: bytes) -> None:
    """The first byte chooses the format, the rest is the file."""
    if not data:
        return
    what = wrong(data[1:], FORMATS[data[0] % len(FORMATS)], data[0], FOLDER)
    if what is not None:
        raise AssertionError(what)


def main() -> None:
    """Fuzz until told to stop, or for ``-max_total_time`` seconds."""
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, name in enumerate(FORMATS):
        (corpus / name).write_bytes(bytes([number]) + seed_file(name))
    atheris.Setup([sys.argv[0], *sys.argv[1:], str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
