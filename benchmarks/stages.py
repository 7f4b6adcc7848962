"""Divide the processor time of one command among stages: ``python stages.py ROWS COLUMNS WORDS...``.

A signal every millisecond of processor time asks what each thread is at; its time since the last one goes
to the stage of the innermost function of evalcli. Python runs the handler after the call into a library that
was under way, within the function that made it, so that no kernel is missed. Arrow's own threads are no
threads of Python; what they take is told apart. The last line that is printed is JSON.
"""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from types import FrameType

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
STEP = 0.001
STAGES = (
    ("sorts", r"sort|ranks_of|merge", r"statistics/|blocks/"),
    ("intervals", r"", r"intervals/|engine/batch_averages|statistics/(area_variance|resampled|sampled)"),
    ("read", r"", r"loaders/|inputs/"),
    ("kernels", r"", r"statistics/|blocks/|metrics/|engine/"),
    ("render", r"", r"renderers/|report/|writers/|cli/output"),
    ("start-up", r"", r""),
)
"""Stage, the function's name, the module's path: the first that both match."""
NAMES = ("start-up", "read", "Arrow's threads", "kernels", "sorts", "intervals", "render")


class Sampler:
    """Seconds of processor time for each stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(NAMES, 0.0)
        self.last: dict[int, float] = {}
        self.known: dict[tuple[str, str], str] = {}

    def start(self) -> None:
        """Begin to ask."""
        signal.signal(signal.SIGPROF, self._ask)
        signal.setitimer(signal.ITIMER_PROF, STEP, STEP)

    def stop(self) -> dict[str, float]:
        """What was found, Arrow's threads with it."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._ask(0, None)
        left = time.process_time() - sum(self.seconds.values())
        self.seconds["Arrow's threads"] = max(left, 0.0)
        return {name: round(seconds, 4) for name, seconds in self.seconds.items()}

    def _ask(self, number: int, frame: FrameType | None) -> None:
        for thread, at in sys._current_frames().items():
            try:
                now = time.clock_gettime(time.pthread_getcpuclockid(thread))
            except OSError:  # it has just ended
                continue
            before = self.last.get(thread, 0.0)
            self.seconds[self._stage(at)] += now - before if now >= before else now
            self.last[thread] = now

    def _stage(self, frame: FrameType | None) -> str:
        while frame is not None:
            path, name = frame.f_code.co_filename, frame.f_code.co_qualname
            if "importlib" in path:
                return "start-up"
            if "/evalcli/" in path:
                key = (path, name)
                if key not in self.known:
                    self.known[key] = stage_of(path.rsplit("/evalcli/", 1)[1], name)
                return self.known[key]
            frame = frame.f_back
        return "start-up"


def stage_of(path: str, name: str) -> str:
    """The stage of a function."""
    return next(s for s, called, within in STAGES if re.search(called, name) and re.search(within, path))


def limits(rows: int, columns: int) -> dict[str, float]:
    """Seconds of what no program can leave out: to sort every score once, and to add them all up."""
    import numpy as np

    values = np.random.default_rng(0).random(rows, np.float32)
    spent = {"sorts": 0.0, "kernels": 0.0}
    for _ in range(columns):
        keys = values.view(np.uint32).copy()
        for name, call in (("kernels", values.sum), ("sorts", keys.sort)):
            start = time.thread_time()
            call()
            spent[name] += time.thread_time() - start
    return {name: round(seconds, 5) for name, seconds in spent.items()}


def main(rows: str, columns: str, *words: str) -> None:
    """Run the command in this process, its report put away."""
    sampler = Sampler()
    sampler.start()
    from evalcli.cli.app import run

    kept = os.dup(1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        code = run([*words, "--jobs", "1", "--quiet"])
        sys.stdout.flush()
        os.dup2(kept, 1)
    found = {"stages": sampler.stop(), "limits": limits(int(rows), int(columns))}
    print(json.dumps(found))
    if code:
        sys.exit(f"{' '.join(words)}: exit code {int(code)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
