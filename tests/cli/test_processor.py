from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from evalcli.cli.processor import AVX512, VARIABLE, describe, is_zen_4, to_disable
from support.paths import GAME_COLUMNS, GAMES

CPUINFO = "processor\t: 0\nvendor_id\t: {}\ncpu family\t: {}\nmodel\t\t: {}\nmodel name\t: AMD EPYC\n"
WINDOWS = "AMD64 Family {} Model {} Stepping 2, {}"


@pytest.mark.parametrize(
    ("vendor", "family", "model", "expected"),
    [
        ("AuthenticAMD", 25, 0x11, True),
        ("AuthenticAMD", 25, 0x1F, True),
        ("AuthenticAMD", 25, 0x61, True),
        ("AuthenticAMD", 25, 0xA0, True),
        ("AuthenticAMD", 25, 0x01, False),  # Zen 3 has no AVX-512
        ("AuthenticAMD", 25, 0x50, False),
        ("AuthenticAMD", 26, 0x11, False),  # Zen 5 is fast
        ("GenuineIntel", 25, 0x11, False),
        ("GenuineIntel", 6, 167, False),
    ],
)
def test_only_zen_4_is_slow(vendor: str, family: int, model: int, expected: bool) -> None:
    assert is_zen_4(CPUINFO.format(vendor, family, model)) is expected
    assert is_zen_4(WINDOWS.format(family, model, vendor)) is expected


@pytest.mark.parametrize("text", ["", "processor : 0\nmodel name : ARMv8", "AuthenticAMD family model"])
def test_what_is_unknown_is_left_alone(text: str) -> None:
    assert not is_zen_4(text)


def test_what_is_switched_off_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalcli.cli.processor.identity", lambda: CPUINFO.format("AuthenticAMD", 25, 17))
    monkeypatch.setenv(VARIABLE, "AVX2")
    assert describe() == f"AVX-512: as in {VARIABLE}=AVX2"
    monkeypatch.setenv(VARIABLE, to_disable())
    assert describe() == "AVX-512: off, since it is slow on this processor (Zen 4)"
    monkeypatch.setattr("evalcli.cli.processor.identity", lambda: "")
    assert to_disable() == ""
    monkeypatch.setenv(VARIABLE, "")
    assert describe() == "AVX-512: used if the processor has it"


@pytest.mark.long
def test_results_do_not_depend_on_it() -> None:
    """Of the default metrics, to the last bit; iterated ones may round differently."""
    reports = []
    for value in ("", AVX512):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "evalcli",
                "score",
                GAMES,
                *GAME_COLUMNS,
                "-f",
                "json",
            ],
            env={**os.environ, VARIABLE: value},
            capture_output=True,
            check=True,
        )
        reports.append(json.loads(done.stdout))
    assert reports[0] == reports[1]
