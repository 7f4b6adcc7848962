from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from evalcli.cluster.local import LocalProcesses, open_executor
from evalcli.errors import UsageError

pytestmark = pytest.mark.long


def double(value: int) -> tuple[int, int]:
    return 2 * value, os.getpid()


def die() -> None:
    os._exit(3)


def test_work_is_done_elsewhere_and_goes_on_after_a_death() -> None:
    with LocalProcesses(1) as pool:
        value, process = pool.submit(double, 21).result()
        assert (value, process == os.getpid()) == (42, False)
        with pytest.raises(BrokenProcessPool):
            pool.submit(die).result()
        assert pool.submit(double, 3).result()[0] == 6  # begun anew when that is found
        with pytest.raises(BrokenProcessPool):
            pool.submit(die).result()
        pool.renew()
        going = pool.submit(double, 5)
        pool.renew()  # of what works, nothing is lost
        assert going.result()[0] == 10
        assert pool.submit(double, 4).result()[0] == 8
        assert pool.versions(str) == {}


def test_addresses() -> None:
    with open_executor("local:3") as three, open_executor("local") as all_cores:
        assert (three.workers, all_cores.workers) == (3, os.cpu_count())
    for text in ("local:0", "local:many", "local:5000"):
        with pytest.raises(UsageError, match="not a number of processes"):
            open_executor(text)


def test_processes_end_when_the_one_that_began_them_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom evalcli.cluster.local import LocalProcesses\n"
        "if __name__ == '__main__':\n"
        "    pool = LocalProcesses(1)\n"
        "    print(pool._folder.name, pool.submit(os.getpid).result(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "driver.py").write_text(code)
    run = subprocess.run(
        [sys.executable, tmp_path / "driver.py"], capture_output=True, text=True, check=False
    )
    folder, process = run.stdout.split()
    end = time.monotonic() + 20
    while Path(folder).exists() or Path("/proc", process).exists():
        assert time.monotonic() < end
        time.sleep(0.05)
