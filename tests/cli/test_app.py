from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from support.builders import GOOD
from support.command_line import Cli, Save


def test_a_bug_is_called_a_bug(cli: Cli, saved: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr("evalcli.engine.score.open_inputs", broken)
    result = cli("score", saved("p.csv", GOOD))
    assert result.code == 70
    assert "a bug in evalcli" in result.err
    assert "ZeroDivisionError: by nought" in result.err
    assert "please report it" in result.err
    assert "Traceback" not in result.err
    monkeypatch.setenv("EVALCLI_TRACEBACK", "1")
    assert "Traceback" in cli("score", saved("p.csv", GOOD)).err


@pytest.mark.parametrize("order", [("-f", "json"), ("--format", "json"), ("--format=json",), ("-fjson",)])
def test_errors_as_json(order: tuple[str, ...], cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,0.9,0.1\nb,high,0.8\n")
    result = cli("score", path, *order)
    assert result.code == 2
    assert result.err.startswith("error: a score is not a number\n")
    document = result.json
    assert document["error"].pop("steps")
    assert document == {
        "schema_version": 1,
        "error": {
            "level": "error",
            "code": "not-a-number",
            "what": "a score is not a number",
            "where": f"{path}, line 3, column prob_a",
            "file": str(path),
            "column": "prob_a",
            "row": None,
            "line": 3,
            "seen": "'high'",
            "count": None,
            "rows": [],
            "try": "--null-values high --missing drop if it is a missing value; or --score-cols NAMES to "
            "choose other columns",
            "exit_code": 2,
        },
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("none.csv",), "no-file"),
        (("--metrics", "ff"), "usage"),
        (("--nope",), "usage"),
        (("--label-col", "lable"), "usage"),
        (("--task", "regression"), "input"),
    ],
)
def test_every_error_as_json(arguments: tuple[str, ...], code: str, cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,0.9,0.1\nb,0.2,0.8\n")
    given: tuple[Any, ...] = arguments if arguments[0].endswith(".csv") else (path, *arguments)
    result = cli("score", *given, "-f", "json")
    assert (result.code, result.json["error"]["code"]) == (2, code)
    assert cli("score", *given).out == ""


def test_memory_that_runs_out_is_no_bug(cli: Cli, saved: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (MemoryError(), pa.ArrowMemoryError("malloc of size 999 failed")):

        def greedy(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("evalcli.engine.score.open_inputs", greedy)
        result = cli("score", saved("p.csv", GOOD))
        assert (result.code, "not enough memory" in result.err) == (2, True)
        assert "a bug" not in result.err
