"""docs/benchmarks.md and docs/performance.md, made of what `make bench` measured: docs/benchmarks.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

Found = Mapping[str, Any]
BENCHMARKS = """\
# Benchmarks

Written by `make bench`. Whole processes, from the start of the interpreter to its end, in one run; the
commands of a case are run in turn, and medians are shown. *lean* is `benchmarks/lean.py`, which reads the
same files with as few imports as can be and does nothing else. What other libraries compute is compared with
evalcli's figures before a time counts; their scripts are `benchmarks/with_*.py`. Read the ratios: times of a
shared machine vary.

{machine}

## Cases

{cases}
## Goals

{goals}
{widths}
## Other libraries

The default report of evalcli, all its figures with intervals, against the figures that each library has. The
scikit-learn script makes one call for each figure, as its documentation has it; "frugal" is the same script
where one vector over the classes serves the macro average and the per-class table. Real values: all metrics
but Kendall's tau. torchmetrics' binary calibration error is of another definition and left out. The scripts
of the wide case and of real values run once.

{peers}"""
PERFORMANCE = """\
# Performance

Written from the benchmark's figures (`make bench`, docs/benchmarks.json): where the processor time of a score
goes, and the least that it could be.

{machine}

The budget of a case is measured within one process with `--jobs 1`: every millisecond a signal asks what is
being done (`benchmarks/stages.py`). The limits:

- start-up: a process that imports NumPy and `pyarrow.csv`;
- read, Arrow's threads included: the lean reader, less that start-up;
- sorts: NumPy's sort of as many 32-bit keys, class by class;
- kernels: one sum of every score;
- intervals, render: no limit is known.

"Times the limit" is how near we are: 1 would be at it.

## Stages

{budgets}
## The whole

Wall time of the process to that of the lean reader, which no tool can beat.

{wholes}"""


def pages(found: Found) -> dict[str, str]:
    """Text of each page."""
    whole = _machine(found["machine"])
    known = {name: case for name, case in found["cases"].items() if "commands" in case}
    goals = [row for case in known.values() for row in _goals(case)]
    return {
        "benchmarks.md": BENCHMARKS.format(
            machine=whole,
            cases="".join(_of_case(case) for case in found["cases"].values()),
            goals=table(("case", "what", "found", "goal", ""), goals),
            widths="".join(_widths(case) for case in known.values()),
            peers=table(PEERS, (row for case in known.values() for row in _peers(case))),
        ),
        "performance.md": PERFORMANCE.format(
            machine=whole,
            budgets="".join(_budget(case) for case in known.values() if "stages" in case),
            wholes=table(
                ("case", "evalcli", "reading", "ratio", "peak", "peak of reading"),
                (row for case in known.values() for row in _whole(case)),
            ),
        ),
    }


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _machine(machine: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return f"{machine['processor']}, {machine['cores']} cores; {versions}."


def _of_case(case: Found) -> str:
    if "commands" not in case:
        return f"### {case['title']}\n\n{case['missing']}.\n\n"
    heads = ("command", "time", f"× {case['yardstick']}", "processor", "peak")
    rows = [_command(case, name) for name in case["commands"] if "figures" not in case["commands"][name]]
    return f"### {case['title']}\n\n{table(heads, rows)}\n"


def _command(case: Found, name: str) -> tuple[str, ...]:
    timed = case["commands"][name]
    if "missing" in timed:
        return (name, timed["missing"], "", "", "")
    times = seconds(case, name) / seconds(case, case["yardstick"])
    spent = median(timed["processor"])
    return (name, shown(seconds(case, name)), f"{times:.2f}", shown(spent), f"{timed['memory']:,.0f} MiB")


def seconds(case: Found, name: str) -> float:
    """The median of a command's runs."""
    return float(median(case["commands"][name]["seconds"]))


def shown(value: float) -> str:
    """Seconds, or milliseconds where they are few."""
    return f"{1000 * value:.0f} ms" if value < 0.2 else f"{value:.2f} s"


def _goals(case: Found) -> Iterator[tuple[str, ...]]:
    for goal in case["goals"]:
        names = [goal[key] for key in ("of", "to", "less") if goal[key]]
        words = f"{goal['of']} to {goal['to']}" if goal["to"] else goal["of"]
        words += f" less {goal['less']}" if goal["less"] else ""
        words += ", peak" if goal["memory"] else ""
        if any("seconds" not in case["commands"].get(name, {}) for name in names):
            yield case["title"], words, "not available", _limit(goal), ""
            continue
        value = _reached(case, goal)
        met = value >= goal["limit"] if goal["at_least"] else value <= goal["limit"]
        yield case["title"], words, _of(goal, value), _limit(goal), "yes" if met else "**no**"


def _reached(case: Found, goal: Mapping[str, Any]) -> float:
    if goal["memory"]:
        return float(case["commands"][goal["of"]]["memory"])
    first = seconds(case, goal["of"])
    if not goal["to"]:
        return first - (seconds(case, goal["less"]) if goal["less"] else 0)
    return first / (seconds(case, goal["to"]) - (seconds(case, goal["less"]) if goal["less"] else 0))


def _of(goal: Mapping[str, Any], value: float) -> str:
    if goal["memory"]:
        return f"{value:,.0f} MiB"
    if not goal["to"]:
        return shown(value)
    return f"{value:,.2f} ×" if value < 10 else f"{value:,.0f} ×"


def _limit(goal: Mapping[str, Any]) -> str:
    return f"{'≥' if goal['at_least'] else '≤'} {_of(goal, goal['limit'])}"


def _widths(case: Found) -> str:
    if "widths" not in case:
        return ""
    low, high = case["widths"]
    return (
        f"\nIntervals are {low:.2f} to {high:.2f} times as wide as those of the resampled rows, apart from "
        "ece, whose resampled interval does not cover.\n"
    )


PEERS = ("case", "library", "figures", "time", "× evalcli", "peak")


def _peers(case: Found) -> Iterator[tuple[str, ...]]:
    for name, timed in case["commands"].items():
        if "figures" in timed:
            ratio = f"**{seconds(case, name) / seconds(case, 'evalcli'):.1f}**"
            cells = (str(timed["figures"]), shown(seconds(case, name)), ratio, f"{timed['memory']:,.0f} MiB")
            yield (case["title"], name, *cells)


def _budget(case: Found) -> str:
    limits, stages = limits_of(case), dict(case["stages"])
    total = sum(stages.values())
    stages["read"] += stages.pop("Arrow's threads")
    rows = []
    for name, spent in stages.items():
        least = limits.get(name)
        near = f"{spent / least:.1f}" if least and least > 0.0005 else ""
        rows.append((name, f"{1000 * spent:.0f}", f"{100 * spent / total:.0f} %", _least(least), near))
    rows.append(("in all", f"{1000 * total:.0f}", "", "", ""))
    heads = ("stage", "ms", "share", "limit, ms", "times the limit")
    return f"### {case['title']}\n\n{table(heads, rows)}\n"


def _least(value: float | None) -> str:
    return "" if value is None else "< 1" if value < 0.001 else f"{1000 * value:.0f}"


def limits_of(case: Found) -> dict[str, float]:
    """The least processor seconds of each stage that has such a limit."""
    spent = {
        name: float(median(timed["processor"]))
        for name, timed in case["commands"].items()
        if timed.get("processor")
    }
    start = spent["imports"]
    return {"start-up": start, "read": max(spent["lean"] - start, 0.0), **case["limits"]}


def _whole(case: Found) -> Iterator[tuple[str, ...]]:
    commands = case["commands"]
    if "lean" in commands and "seconds" in commands["evalcli"]:
        ours, floor = seconds(case, "evalcli"), seconds(case, "lean")
        peaks = (f"{commands[name]['memory']:,.0f} MiB" for name in ("evalcli", "lean"))
        yield (case["title"], shown(ours), shown(floor), f"**{ours / floor:.2f}**", *peaks)
