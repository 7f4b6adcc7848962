"""Parts on processes and on a cluster of this machine: time by workers, and memory of the driver by parts.

Writes docs/scale.json, from which docs/scale.md has its figures. Needs the extra ``dask``.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
PARTS, ROWS, CLASSES = 200, 20_000, 10
RUNS = 3
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PROGRAM = str(Path(sys.executable).with_name("evalcli"))


def write_parts(folder: Path) -> None:
    """Softmax of noise with a bump at the true class."""
    rng = np.random.default_rng(0)
    for number in range(PARTS):
        y = rng.integers(0, CLASSES, ROWS)
        z = rng.normal(size=(ROWS, CLASSES)) + 2.0 * np.eye(CLASSES)[y]
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        columns = {f"prob_c{k}": p[:, k].astype(np.float32) for k in range(CLASSES)}
        labels = np.array([f"c{k}" for k in range(CLASSES)])[y]
        pq.write_table(pa.table({"label": labels, **columns}), folder / f"part-{number:03}.parquet")


@contextmanager
def dask(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler and workers of one thread."""
    facts = folder / f"scheduler-{workers}.json"
    run = (sys.executable, "-m")
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(facts))
    processes = [subprocess.Popen([*run, "distributed.cli.dask_scheduler", *options], **QUIET)]  # type: ignore[call-overload]
    try:
        while not facts.exists() or not facts.stat().st_size:
            time.sleep(0.1)
        address = json.loads(facts.read_text())["address"]
        for _ in range(workers):
            more = (address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
            processes.append(subprocess.Popen([*run, "distributed.cli.dask_worker", *more], **QUIET))  # type: ignore[call-overload]
        time.sleep(5)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def timed(*words: str) -> tuple[float, float]:
    """Seconds, and the largest memory of the process itself in MiB, of which children are no part."""
    began = time.perf_counter()
    process = subprocess.Popen([PROGRAM, *words, "--quiet"], stdout=subprocess.DEVNULL)
    highest = 0.0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        highest = max(highest, *(int(text) / 1024 for text in found), 0.0)
        time.sleep(0.01)
    if process.wait():
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return time.perf_counter() - began, highest


def median(*words: str) -> tuple[float, float]:
    """Of several runs."""
    seconds, memory = zip(*(timed(*words) for _ in range(RUNS)), strict=True)
    return statistics.median(seconds), statistics.median(memory)


def main() -> None:
    """Measure, and write docs/scale.json."""
    folder = Path(tempfile.mkdtemp(prefix="evalcli-scale-"))
    try:
        write_parts(folder)
        every, few = str(folder / "part-*.parquet"), str(folder / "part-0[01]*.parquet")
        found: dict[str, object] = {"parts": PARTS, "rows": ROWS, "classes": CLASSES, "cores": os.cpu_count()}
        found["one process"] = median("score", every)
        found["one process, one thread"] = median("score", every, "--jobs", "1")
        for workers in (1, 2):
            found[f"local:{workers}"] = median("score", every, "--cluster", f"local:{workers}")
            with dask(folder, workers) as address:
                found[f"Dask, {workers}"] = median("score", every, "--cluster", address)
                certified = ("--cluster", address, "--ranking", "certified")
                found[f"Dask, {workers}, certified"] = median("score", every, *certified)
                if workers == 2:
                    found["Dask, 2, certified, 20 parts"] = median("score", few, *certified)
                    found["Dask, 2, 20 parts"] = median("score", few, "--cluster", address)
        (ROOT / "docs" / "scale.json").write_text(json.dumps(found, indent=1) + "\n")
        print(json.dumps(found, indent=1))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
