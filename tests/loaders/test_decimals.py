from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.errors import AmbiguousInput
from evalcli.loaders.decimals import find_decimal
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings
from support.command_line import Cli, Save, assert_refused


@pytest.mark.parametrize(
    ("columns", "decimal", "doubtful"),
    [
        ({"a": ["0.5", "1"]}, ".", []),
        ({"a": ["0,5", "1", "NA", ""]}, ",", []),
        ({"a": ["0,5", "x"]}, ".", []),  # text
        ({"a": ["1,234", "0,5"]}, ",", []),
        ({"a": ["-1e-5", "1,5e-3"]}, ".", []),
        ({"a": ["0,123"]}, ",", []),  # no thousands begin with 0
        ({"a": ["1,234", "2,000"]}, ".", ["a"]),
        ({"a": ["1,234,567", "12"]}, ".", ["a"]),
        ({"a": ["1,234.5"], "b": ["0.5"]}, ".", ["a"]),
        ({"a": ["1.234,5"], "b": ["0,5"]}, ",", ["a"]),
        ({"a": ["12 345", "7"]}, ".", ["a"]),
        ({"a": ["0,5"], "b": ["0.5"]}, ".", ["a"]),
        ({"a": ["0,5"], "b": ["1.234"]}, ".", ["a"]),
        ({"a": ["2024-01-01"], "b": ["12:30"]}, ".", []),
    ],
)
def test_decimal_signs(columns: dict[str, list[str]], decimal: str, doubtful: list[str]) -> None:
    found, doubts = find_decimal(columns)
    assert (found, list(doubts)) == (decimal, doubtful)
    assert find_decimal(columns, ".")[0] == "."


def test_a_comma_is_offered_where_it_can_be() -> None:
    assert find_decimal({"a": ["0,5"], "b": ["1.234"]})[1]["a"].comma
    assert not find_decimal({"a": ["0,5"], "b": ["0.5"]})[1]["a"].comma
    assert not find_decimal({"a": ["1,234,567"]})[1]["a"].comma


@pytest.mark.parametrize(
    "text",
    [
        'y_true,y_pred\n"1,234","1,100"\n"2,500","2,400"\n"900","1,000"\n',
        "y_true;y_pred\n1,234;1,100\n2,500;2,400\n900;1,000\n",
    ],
)
def test_thousands_are_no_classes(text: str, cli: Cli, saved: Save) -> None:
    path = saved("p.csv", text)
    assert_refused(cli("score", path), "thousands separators", "column y_true", "'1,234'", "--decimal ,")
    assert cli("score", path, "--decimal", ",").code == 0


def test_a_column_that_nobody_uses_asks_nothing(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('label,prob,income\n1,0.5,"1,234"\n0,0.25,"2,500"\n')
    source = open_source(str(tmp_path / "p.csv"))
    assert sum(batch.num_rows for batch in source.batches(["label", "prob"])) == 2
    with pytest.raises(AmbiguousInput) as caught:
        list(source.batches(["income"], ["income"]))
    assert "--decimal ," not in str(caught.value.hint)  # 0.5 would be none
    given = open_source(str(tmp_path / "p.csv"), Settings(decimal="."))
    assert [remark.code for remark in given.remarks] == ["other-numbers"]
    assert sum(batch.num_rows for batch in given.batches(["income"], ["income"])) == 2


def test_class_numbers_with_decimal_commas(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label;prob_0;prob_1\n0,0;0,75;0,25\n1,0;0,25;0,75\n")
    report = cli("score", path, "-f", "json").json
    assert (report["classes"], report["metrics"]["accuracy"]["value"]) == (["0", "1"], 1.0)
