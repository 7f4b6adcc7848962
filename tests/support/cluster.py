"""A cluster on this machine: a scheduler of Dask and workers, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.paths import ROOT

PATIENCE = 60
SCHEDULER = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
WORKER = ("--nthreads", "1", "--no-dashboard", "--no-nanny")


class Cluster:
    """``address`` of the scheduler; ``scheduler`` and ``workers``: the processes."""

    def __init__(
        self, address: str, scheduler: subprocess.Popen[bytes], workers: list[subprocess.Popen[bytes]]
    ) -> None:
        self.address, self.scheduler, self.workers = address, scheduler, workers


@contextmanager
def cluster(folder: Path, count: int, **environment: str) -> Iterator[Cluster]:
    """Begin the processes, and wait until all workers are there."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    facts = folder / "scheduler.json"
    quiet = {"env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    run = (sys.executable, "-m")
    scheduler = subprocess.Popen(
        [*run, "distributed.cli.dask_scheduler", *SCHEDULER, "--scheduler-file", str(facts)],
        **quiet,  # type: ignore[call-overload]
    )
    workers: list[subprocess.Popen[bytes]] = []
    try:
        address = _address(facts)
        for _ in range(count):
            arguments = ["distributed.cli.dask_worker", address, *WORKER, "--local-directory", str(folder)]
            workers.append(subprocess.Popen([*run, *arguments], **quiet))  # type: ignore[call-overload]
        _wait_for(address, count)
        yield Cluster(address, scheduler, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _address(facts: Path) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if facts.exists() and facts.stat().st_size:
            return str(json.loads(facts.read_text())["address"])
        time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")


def wait_for_results(address: str, count: int) -> None:
    """Wait until some work is done and its results lie on the workers."""
    from distributed import Client

    end = time.monotonic() + PATIENCE
    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        while sum(map(bool, client.who_has().values())) < count:
            if time.monotonic() > end:
                raise TimeoutError("no work was done")
            time.sleep(0.02)


def _wait_for(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=PATIENCE)
