from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Cli, assert_refused
from support.threshold_files import PROBABILITIES, write_scores


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "the file cannot be read"),
        ("", "not a file of thresholds"),
        ("[]", "not a file of thresholds"),
        ('{"schema_version": 1, "metrics": {}}', "not a file of thresholds"),
        ('{"schema_version": 1, "kind": "thresholds", "thresholds": {"1": "a"}}', "not a file of thresholds"),
        ('{"thresholds": {"1": 0.1}, "thresholds": {"1": 0.9}}', "the key 'thresholds' is duplicated"),
    ],
)
def test_files_that_hold_no_thresholds(text: str | None, said: str, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    if text is not None:
        file.write_text(text)
    result = cli("score", write_scores(tmp_path, PROBABILITIES), "--threshold", f"@{file}")
    assert result.code == 2
    assert said in result.err


@pytest.mark.parametrize("value", ["1" + 400 * "0", "true", '"0.5"', "null", "NaN", "1e999", "[0.5]"])
def test_a_threshold_that_is_no_number(value: str, cli: Cli, tmp_path: Path) -> None:
    path, file = write_scores(tmp_path, PROBABILITIES), tmp_path / "t.json"
    cli("threshold", path, "-o", file)
    stored = json.loads(file.read_text())
    stored["thresholds"] = dict.fromkeys(stored["thresholds"], "?")
    file.write_text(json.dumps(stored).replace('"?"', value))
    assert_refused(cli("score", path, "--threshold", f"@{file}"), "not a file of thresholds")


def test_each_kind_of_file_says_what_it_is(cli: Cli, tmp_path: Path) -> None:
    path, file, report = write_scores(tmp_path, PROBABILITIES), tmp_path / "t.json", tmp_path / "r.json"
    cli("threshold", path, "-o", file)
    cli("score", path, "-o", report)
    assert "contains thresholds, not a report" in cli("show", file).err
    assert "seen: a report of scores" in cli("score", path, "--threshold", f"@{report}").err
    assert f"--threshold @{file} to read a file" in cli("score", path, "--threshold", file).err


@pytest.mark.parametrize(
    ("key", "value"), [("task", 3), ("thresholds", []), ("thresholds", {}), ("input", None), ("task", None)]
)
def test_parts_of_other_types_are_refused(key: str, value: object, cli: Cli, tmp_path: Path) -> None:
    path, file = write_scores(tmp_path, PROBABILITIES), tmp_path / "t.json"
    cli("threshold", path, "-o", file)
    file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))
    assert_refused(cli("score", path, "--threshold", f"@{file}"), "missing or changed parts")
