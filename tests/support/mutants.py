"""Files with bytes flipped, cut, repeated and moved: a run ends with a report or a message all the same.

Called with a format and a range of seeds, it runs the command line on each mutant in this process and tells
what should not have happened.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from evalcli.cli.app import run
from support.formats import WRITERS

ROWS, CLASSES = 40, 3
SECONDS = 20
MOST_MEMORY = 400 << 10
"""KiB that a run may take on top of what the first ones took."""
FORMATS = (
    "p.csv", "quoted.csv", "utf16.csv", "p.csv.gz", "p.csv.bz2", "p.csv.xz", "p.csv.zst", "p.jsonl",
    "records.json", "columns.json",
    "groups.parquet", "plain.parquet", "fixed-list.parquet", "dictionary.parquet", "p.feather", "raw.arrow",
    "views.arrow", "list.feather", "p.arrows", "p.npz", "p.safetensors", "p.npy", "p.xlsx",
)  # fmt: skip


def seed_file(name: str) -> bytes:
    """The file that mutants are made of."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(CLASSES), ROWS)
    if name == "p.npy":
        stream = io.BytesIO()
        np.save(stream, p)
        return stream.getvalue()
    labels = [str(j % CLASSES) for j in range(ROWS)]
    return WRITERS[name](pa.table({"label": labels, **{f"prob_{j}": p[:, j] for j in range(CLASSES)}}))


def mutate(data: bytes, seed: int) -> bytes:
    """One to four changes, of which places and kinds follow from the seed."""
    rng = np.random.default_rng(seed)
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        if not out:
            break
        at = int(rng.integers(len(out)))
        length = int(rng.integers(1, 1 + min(len(out) - at, 2 ** int(rng.integers(0, 9)))))
        kind = int(rng.integers(8))
        if kind == 0:
            out[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            out[at] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x22, 0x2C]))
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            del out[at : at + length]
        elif kind == 4:
            out[at:at] = out[at : at + length] * int(rng.integers(1, 6))
        elif kind == 5:
            out[at : at + length] = rng.bytes(length)
        elif kind == 6:
            out[at : at + 4] = int(rng.integers(2**32)).to_bytes(4, "little")
        else:
            other = int(rng.integers(len(out)))
            out[at : at + length] = out[other : other + length]
    return bytes(out)


def commands(path: Path, seed: int) -> Iterator[list[str]]:
    """What is run on a mutant."""
    own = ["--label-col", "label"] if path.name != "p.npy" else ["--labels", str(path)]
    yield ["score", str(path), *own, "--jobs", "1", "-f", "json" if seed % 2 else "table"]
    if seed % 4 == 0:
        yield ["inspect", str(path), *own, "--jobs", "1"]
    if seed % 4 == 1:
        yield ["score", str(path), "--labels", str(path), "--missing", "drop", "-f", "json"]


def wrong(data: bytes, name: str, seed: int, folder: Path) -> str | None:
    """What should not have happened with one mutant, if anything did."""
    path = folder / name
    path.write_bytes(data)
    for command in commands(path, seed):
        out, err = io.StringIO(), io.StringIO()
        signal.alarm(SECONDS)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(command)
        except Exception as error:  # a hang, or what no message was made of
            return f"{command[0]}: {type(error).__name__}: {error}"
        finally:
            signal.alarm(0)
        text = out.getvalue() + err.getvalue()
        if code not in (0, 2) or "Traceback" in text:
            return f"{command[0]}: exit code {int(code)}: {text[-600:]}"
        if code == 2 and not err.getvalue().startswith("error: ") and command[0] == "score":
            return f"{command[0]}: no message: {text[-300:]}"
    return None


def _hang(*_: object) -> None:
    raise TimeoutError(f"no end within {SECONDS} s")


def main() -> int:
    """Formats' name, first seed, number of seeds."""
    name, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    faulthandler.enable()
    signal.signal(signal.SIGALRM, _hang)
    data, failures, base = seed_file(name), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            mutant = mutate(data, seed)
            sys.stderr.write(f"seed {seed}\n")
            what = wrong(mutant, name, seed, Path(folder))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            if seed - first < 10:
                base = peak
            elif peak > base + MOST_MEMORY:
                what, base = what or f"memory rose to {peak >> 10} MiB", peak
            if what:
                failures += 1
                sys.stdout.write(f"{name}, seed {seed}: {what}\n")
                sys.stdout.flush()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
