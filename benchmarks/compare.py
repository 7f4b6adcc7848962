"""Ratios of two files of `make bench`, case by case: ``python compare.py BASE [NEW]``.

Times are taken relative to the yardstick of the same run, so that the speed of the machine cancels. What
jumped is marked, and makes the exit code 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

NEW = Path(__file__).parent.parent / "docs" / "benchmarks.json"
JUMP = 1.1
"""A ratio above it is marked."""
Row = tuple[str, str, float, float, float]


def rows(base: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Row]:
    """Case, command, and how time, processor time and memory changed."""
    for name, case in new["cases"].items():
        old = base["cases"].get(name, {})
        for key, timed in case.get("commands", {}).items():
            before = old.get("commands", {}).get(key, {})
            if timed["ours"] and "seconds" in timed and "seconds" in before:
                ratios = (_relative(case, key, what) / _relative(old, key, what) for what in TIMES)
                seconds, processor = ratios
                yield name, key, seconds, processor, timed["memory"] / before["memory"]


TIMES = ("seconds", "processor")


def _relative(case: Mapping[str, Any], key: str, what: str) -> float:
    """A time in units of the yardstick's."""
    commands = case["commands"]
    return float(median(commands[key][what]) / median(commands[case["yardstick"]][what]))


def table(found: list[Row]) -> str:
    """Lines of fixed width."""
    lines = [f"{'case':18} {'command':10} {'time':>7} {'processor':>10} {'memory':>7}"]
    for name, key, *ratios in found:
        cells = [f"{ratio:{width}.2f}" for ratio, width in zip(ratios, (7, 10, 7), strict=True)]
        mark = "  <- slower or larger" if max(ratios[0], ratios[2]) > JUMP else ""
        mark = "  faster or smaller" if not mark and min(ratios[0], ratios[2]) < 1 / JUMP else mark
        lines.append(f"{name:18} {key:10} {' '.join(cells)}{mark}")
    return "\n".join(lines)


def main(base: str, new: str = str(NEW)) -> int:
    """Print the table of ratios, new to base."""
    found = list(rows(*(json.loads(Path(path).read_text(encoding="utf-8")) for path in (base, new))))
    print(table(found))
    return int(any(max(row[2], row[4]) > JUMP for row in found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
