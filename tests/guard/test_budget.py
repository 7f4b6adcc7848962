"""What a score does is counted, and may rise by a tenth: a guard that no busy machine can fool.

Where more is meant to be done, store the new counts: ``EVALCLI_WRITE_BUDGET=1 pytest tests/guard``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from support.budget import CASES
from support.effort import untraced
from support.paths import TESTS

pytestmark = pytest.mark.long

STORED = TESTS / "guard" / "budget.json"
HEADROOM = 1.1
ON = {
    "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
    **{name: ".".join(version(name).split(".")[:2]) for name in ("numpy", "pyarrow", "typer")},
}
"""Counts are of these versions: others import other modules, and call other functions."""


def counted(case: str) -> dict[str, int]:
    """In a process of its own, with the same hashes every time."""
    done = subprocess.run(
        [sys.executable, "-m", "support.budget", case],
        cwd=TESTS,
        env={**untraced(), "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def jumps(found: dict[str, int], stored: dict[str, int]) -> list[str]:
    """What rose by more than a tenth."""
    return [
        f"{name}: {stored[name]:,} -> {value:,} ({value / max(stored[name], 1):.2f} times)"
        for name, value in found.items()
        if value > HEADROOM * stored[name]
    ]


@pytest.mark.parametrize("case", CASES)
def test_no_more_is_done_than_was(case: str) -> None:
    whole = json.loads(STORED.read_text(encoding="utf-8"))
    found = counted(case)
    if os.environ.get("EVALCLI_WRITE_BUDGET") == "1":
        if whole["on"] != ON:
            whole = {"on": ON, "cases": {}}
        whole["cases"][case] = found
        STORED.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    if whole["on"] != ON:
        pytest.skip(f"counts are stored for {whole['on']}, this is {ON}")
    risen = jumps(found, whole["cases"][case])
    assert not risen, f"{risen}; if it is meant to be so: EVALCLI_WRITE_BUDGET=1 pytest tests/guard"


def test_a_jump_is_seen() -> None:
    stored = {"calls": 1000, "modules": 500}
    assert jumps({"calls": 1100, "modules": 480}, stored) == []
    assert jumps({"calls": 1101, "modules": 480}, stored) == ["calls: 1,000 -> 1,101 (1.10 times)"]


def test_every_case_is_stored() -> None:
    assert set(json.loads(STORED.read_text(encoding="utf-8"))["cases"]) == set(CASES)
