"""Count what a score does, in a process of its own: ``python -m support.budget CASE`` prints JSON.

Counts of the same work are the same on a busy machine, where times are not: modules imported, calls within
evalcli's functions, values sorted, the most memory held.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import tracemalloc
from pathlib import Path
from types import FrameType
from typing import Any

SORTS = {"sort", "argsort", "partition", "argpartition"}


class Counter:
    """Calls of evalcli's functions and from them, and how many values are sorted, in every thread."""

    def __init__(self) -> None:
        self.calls = self.sorted = 0

    def see(self, frame: FrameType, event: str, what: Any) -> None:
        """Count one event of the interpreter."""
        if event == "call":
            self.calls += "/evalcli/" in frame.f_code.co_filename
        elif event == "c_call":
            self.calls += "/evalcli/" in frame.f_code.co_filename
            if getattr(what, "__name__", "") in SORTS:
                self.sorted += int(getattr(getattr(what, "__self__", None), "size", 0))

    def start(self) -> None:
        """From now on."""
        threading.setprofile(self.see)
        sys.setprofile(self.see)

    def stop(self) -> None:
        """No longer."""
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


def small(folder: Path) -> list[str]:
    """A thousand rows of ten classes as text, which is mostly start-up."""
    lines = [",".join(f"prob_{c}" for c in range(10))]
    lines += [",".join(f"{(r * (c + 3) % 17 + 1) / 170:.4f}" for c in range(10)) for r in range(1000)]
    (folder / "p.csv").write_text("\n".join(lines) + "\n")
    (folder / "y.csv").write_text("label\n" + "".join(f"{r * 7 % 10}\n" for r in range(1000)))
    return [str(folder / "p.csv"), "--labels", str(folder / "y.csv"), "--scores", "raw"]


def scores(folder: Path, rows: int, classes: int) -> list[str]:
    """Many rows of random float32 scores, with labels."""
    import numpy as np

    rng = np.random.default_rng(0)
    np.save(folder / "p.npy", rng.dirichlet(np.ones(classes), rows).astype(np.float32))
    np.save(folder / "y.npy", rng.integers(0, classes, rows))
    return [str(folder / "p.npy"), "--labels", str(folder / "y.npy")]


def binary(folder: Path) -> list[str]:
    """Areas under the curves of one class: keys, a sort, a walk over the curve."""
    return [*scores(folder, 300_000, 2), "-m", "roc_auc,average_precision"]


def multiclass(folder: Path) -> list[str]:
    """Counts, losses and bins of ten classes, with no curve."""
    return [*scores(folder, 100_000, 10), "-m", "accuracy,f1_macro,log_loss,brier,ece"]


CASES = {"small": small, "binary": binary, "multiclass": multiclass}


def count(what: str, arguments: list[str]) -> dict[str, int]:
    """Score once; the kernels a second time for their calls, when all is imported, and a third for memory."""
    counter = Counter()
    if what == "small":
        counter.start()
    from evalcli.cli.app import run

    command = ["score", *arguments, "--jobs", "1", "--quiet", "-o", f"json:{os.devnull}"]
    found = {}
    if what == "small":
        assert run(command) == 0
        counter.stop()
        found["modules"] = len(sys.modules)
        found["modules of evalcli"] = sum(name.split(".")[0] == "evalcli" for name in sys.modules)
    else:
        assert run(command) == 0
        counter.start()
        assert run(command) == 0
        counter.stop()
    tracemalloc.start()
    assert run(command) == 0
    peak = tracemalloc.get_traced_memory()[1]
    return {**found, "calls": counter.calls, "values sorted": counter.sorted, "KiB at most": peak >> 10}


def main(what: str) -> None:
    """Print the counts of one case."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = CASES[what](Path(folder))
        kept = os.dup(1)
        with Path(os.devnull).open("w") as nowhere:  # where the report goes
            os.dup2(nowhere.fileno(), 1)
            found = count(what, arguments)
            sys.stdout.flush()
            os.dup2(kept, 1)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
