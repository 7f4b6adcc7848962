from __future__ import annotations

import mmap
import subprocess
import sys
from pathlib import Path

import pytest

from evalcli import memory


def test_a_group_leaves_what_it_does_not_use(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert memory.left_by_group("memory.max", "memory.current", tmp_path) == 600


@pytest.mark.parametrize("text", ["max\n", None])
def test_a_group_without_a_limit(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "memory.max").write_text(text)
        (tmp_path / "memory.current").write_text("400\n")
    assert memory.left_by_group("memory.max", "memory.current", tmp_path) is None


def test_the_tightest_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "left_by_machine", lambda: 10)
    monkeypatch.setattr(memory, "left_by_group", lambda limit, used: -5 if "max" in limit else None)
    assert memory.available() == 0
    monkeypatch.setattr(memory, "left_by_group", lambda limit, used: None)
    assert memory.available() == 10
    monkeypatch.setattr(memory, "left_by_machine", lambda: None)
    assert memory.available() is None


@pytest.mark.skipif(sys.platform != "linux", reason="from /proc")
def test_what_the_process_takes() -> None:
    before = memory.resident()
    with mmap.mmap(-1, 1 << 26) as taken:
        taken.write(bytes([1]) * (1 << 26))
        assert memory.resident() - before >= 1 << 25
    assert (memory.available() or 0) > 0


def test_memory_is_taken_as_before_where_it_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "elsewhere")
    memory.reuse_memory()


@pytest.mark.skipif(sys.platform != "linux", reason="by the C library")
def test_what_is_free_is_given_back() -> None:
    """Arrays that are freed below one that is kept stay with the process, unless they are given back."""
    code = (
        "import numpy as np\nfrom evalcli import memory\nmemory.reuse_memory()\n"
        "held = [np.ones(1 << 17) for _ in range(100)]\nlast = held[-1]\nfull = memory.resident()\n"
        "del held\nmemory.give_back()\nassert full - memory.resident() > 50 << 20, memory.resident()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
