"""Time whole processes, case by case, and write what was found to a JSON file.

The commands of a case are run in turn, so that a slow minute of the machine meets all of them; what they
print is compared before a time counts. Seconds are from the start of a process to its end, memory is its
highest resident set.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cases import CASES, FILES, HERE, PROGRAM, Case, Command

FOUND = HERE.parent / "docs" / "benchmarks.json"
LIBRARIES = (
    "numpy", "pyarrow", "scikit-learn", "torchmetrics", "torch",
    "polars", "polars-ds", "rapidstats", "duckdb",
)  # fmt: skip


@dataclass
class Timed:
    """Wall and processor seconds of each run, the highest resident set in MiB, the last standard output."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: float = 0.0
    output: str = ""

    def add(self, seconds: float, usage: Any) -> None:
        """Count one run."""
        self.seconds.append(round(seconds, 5))
        self.processor.append(round(usage.ru_utime + usage.ru_stime, 5))
        self.memory = round(max(self.memory, usage.ru_maxrss / 1024), 1)


def once(words: Sequence[str], variables: Mapping[str, str] | None = None) -> tuple[float, Any, str]:
    """Run one process: its seconds, its use of the machine, what it printed."""
    reader, writer = os.pipe()
    start = time.perf_counter()
    actions = [(os.POSIX_SPAWN_DUP2, writer, 1)]
    child = os.posix_spawn(words[0], list(words), {**os.environ, **(variables or {})}, file_actions=actions)
    os.close(writer)
    with os.fdopen(reader) as stream:
        output = stream.read()
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - start
    if status:
        sys.exit(f"{' '.join(words)} failed with status {status}")
    return took, usage, output


def in_turn(commands: Mapping[str, Command]) -> dict[str, Timed]:
    """Run each command as often as it says, all in turn."""
    found = {name: Timed() for name in commands}
    for turn in range(max(command.runs for command in commands.values()) + 1):
        for name, command in commands.items():
            if turn >= command.runs + command.warm:
                continue
            seconds, usage, found[name].output = once(command.words, command.variables)
            if turn or not command.warm:
                inside = printed(found[name].output) if command.inside else seconds
                found[name].add(inside, usage)
    return found


def printed(output: str) -> float:
    """Seconds that a script measured itself."""
    read = json.loads(output)
    return float(read["seconds"] if isinstance(read, dict) else read)


def figures(command: Command) -> dict[str, Any]:
    """The metrics of a score, or the changes of a comparison, each with its interval."""
    read = json.loads(once([*command.words, "--format", "json"])[2])
    found: dict[str, Any] = read["metrics"] if "metrics" in read else read["against"][0]["changes"]
    return found


def check(name: str, case: Case, found: Mapping[str, Timed]) -> None:
    """Stop where two commands do not compute the same figures."""
    first = next(iter(case.commands.values()))
    others = {key: c for key, c in case.commands.items() if (c.figures or c.same) and key in found}
    expected = figures(first) if others else {}
    for key, command in others.items():
        if command.same:
            if (ours := figures(command)) != expected:
                sys.exit(f"{name}: {key} differs: {ours} and {expected}")
            continue
        for metric, value in json.loads(found[key].output).items():
            if not math.isclose(expected[metric]["value"], value, rel_tol=2e-4, abs_tol=1e-6):
                sys.exit(f"{name}: {metric} is {value} by {key}, {expected[metric]['value']} by evalcli")


def check_widths(found: Mapping[str, Timed], case: Case) -> list[float]:
    """Widths of intervals, times those of resampled rows; without ece, whose resampling does not cover."""
    loop = json.loads(found["loop"].output)["intervals"]
    widths = []
    for name, score in figures(case.commands["evalcli"]).items():
        if name in loop and name != "ece":
            (low, high), (one, other) = score["interval"], loop[name]
            widths.append(round((high - low) / (other - one), 3))
    if not all(0.8 < width < 1.25 for width in widths):
        sys.exit(f"intervals differ from those of resampled rows: {widths}")
    return [min(widths), max(widths)]


def stages(case: Case) -> dict[str, Any]:
    """Processor seconds of each stage within a process: the run of five with the least in all."""
    script = [sys.executable, str(HERE / "stages.py"), *map(str, case.size), *case.stages]
    runs = [json.loads(once(script)[2].splitlines()[-1]) for _ in range(5)]
    least: dict[str, Any] = min(runs, key=lambda run: sum(run["stages"].values()))
    return least


def measure(name: str, case: Case, options: set[str], tools: bool) -> dict[str, Any]:
    """All that is stored about one case."""
    gone = {command.needs for command in case.commands.values() if command.needs} - options
    asked = {key: c for key, c in case.commands.items() if c.needs not in gone and (tools or not c.figures)}
    absent = [path.name for data in case.data for path in FILES[data] if not path.exists()]
    if absent:
        return {"title": case.title, "missing": f"not available: {', '.join(absent)} could not be made"}
    found = in_turn(asked)
    check(name, case, found)
    out: dict[str, Any] = {"title": case.title, "yardstick": case.yardstick, "commands": {}}
    for key, command in case.commands.items():
        if key in found:
            kept = {k: v for k, v in asdict(found[key]).items() if k != "output"}
            count = {"figures": len(json.loads(found[key].output))} if command.figures else {}
            out["commands"][key] = {"ours": command.ours, **kept, **count}
        elif command.needs in gone:
            out["commands"][key] = {"ours": command.ours, "missing": f"not available: no {command.needs}"}
    out["goals"] = [asdict(goal) for goal in case.goals]
    if "loop" in found:
        out["widths"] = check_widths(found, case)
    if case.stages:
        out |= stages(case)
    return out


def known_options() -> set[str]:
    """Options of `evalcli score` that commands may need."""
    text = once([PROGRAM, "score", "--help"])[2]
    return {word for word in text.replace("=", " ").split() if word.startswith("--")}


def machine() -> dict[str, Any]:
    """What the times were taken on, and with."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    return {"processor": named, "cores": os.cpu_count(), "versions": dict(versions())}


def versions() -> Iterator[tuple[str, str]]:
    """Of Python and what is timed."""
    yield "Python", platform.python_version()
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def written(whole: dict[str, Any]) -> str:
    """JSON, with a list of numbers on one line."""
    text = json.dumps(whole, indent=1)
    return re.sub(r"\[[\d\s.,]+\]", lambda found: "".join(found[0].split()).replace(",", ", "), text) + "\n"


def main() -> None:
    """Time what is asked for; cases that are not keep what the file has of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--no-tools", action="store_true", help="evalcli and the yardsticks alone")
    parser.add_argument("--output", type=Path, default=FOUND)
    arguments = parser.parse_args()
    if unknown := set(arguments.only) - set(CASES):
        parser.error(f"no case {', '.join(unknown)}; cases: {', '.join(CASES)}")
    names = arguments.only or list(CASES)
    # in a process of its own: a child's highest resident set begins with what its parent holds
    data = {data for name in names for data in CASES[name].data}
    subprocess.run([sys.executable, str(HERE / "datasets.py"), *data], check=True)
    whole = {"machine": machine(), "cases": {}}
    if arguments.only and arguments.output.exists():
        whole["cases"] = json.loads(arguments.output.read_text(encoding="utf-8"))["cases"]
    options = known_options()
    for name in names:
        start = time.perf_counter()
        whole["cases"][name] = measure(name, CASES[name], options, not arguments.no_tools)
        print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
        whole["cases"] = {key: whole["cases"][key] for key in CASES if key in whole["cases"]}
        arguments.output.write_text(written(whole), encoding="utf-8")


if __name__ == "__main__":
    main()
