from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from evalcli.loaders.open import open_source
from evalcli.loaders.source import Limits, Settings
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.formats import TABLE, csv, figures
from support.inspecting import N, check, frame, good, saved_table


def test_ragged_csv_shows_the_line(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("p.csv", GOOD + "a,0.5\n")), "2 fields, where the header has 3", "line 4"
    )
    assert_refused(
        cli("score", saved("q.csv", GOOD + "a,0.5,0.5,0.5\n")), "4 fields, where the header has 3", "line 4"
    )


def test_text_among_the_scores(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD * 1 + "a,high,0.5\n")
    assert_refused(cli("score", path), "a score is not a number", "line 4", "column prob_a", "'high'")


def test_text_that_is_not_utf8(cli: Cli, saved: Save) -> None:
    header = saved("h.csv", "label,prob_é,prob_b\né,0.9,0.1\n".encode("latin-1"))
    assert_refused(cli("score", header), "the text is not UTF-8", "h.csv, line 1", "prob_")
    label = saved("l.csv", "label,prob_a,prob_b\né,0.9,0.1\n".encode("latin-1"))
    assert_refused(cli("score", label), "the text is not UTF-8", "l.csv, line 2", "--encoding")
    later = saved("m.csv", ("label,prob_a,prob_b\n" + "a,0.9,0.1\n" * 9000 + "é,0.1,0.9\n").encode("latin-1"))
    assert_refused(cli("score", later), "the text is not UTF-8", "line 9002, column label", "--encoding")


def test_text_among_scores_is_a_finding(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = frame(p, y).astype(object)
    table.loc[150, "prob_1"] = "n/k"
    found = check(cli, (saved_table(tmp_path, table),), "not-a-number", "error")
    assert found["where"].endswith("p.csv, line 152, column prob_1")
    assert found["seen"] == "'n/k'"


def test_a_bad_value_in_a_column_that_nobody_uses(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = frame(p, y, note=[str(j) for j in range(N)]).astype({"note": object})
    path = saved_table(tmp_path, table.assign(right=y > 1))
    long = path.read_text() + "0.25,0.25,0.25,0.25,1,none,False\n"
    path.write_text(long)
    assert cli("inspect", path).code == 0
    assert cli("score", path).code == 0


def test_ids_that_turn_to_text_far_down(cli: Cli, tmp_path: Path) -> None:
    lines = [f"{j if j < 19_000 else f'A{j}'},{j % 2},{0.1 + 0.8 * (j % 2)}\n" for j in range(20_000)]
    path = saved_table(tmp_path, "id,label,prob\n" + "".join(lines))
    assert cli("inspect", path).code == cli("score", path).code == 0


def test_decimal_commas(expected: Any, tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(csv(TABLE, ";").replace(b".", b","))
    assert figures(path, decimal=",") == figures(path) == expected
    assert open_source(str(path)).files[0].form == "CSV with semicolons, decimal commas"
    refused = cli("score", path, "--decimal", ".")
    assert (refused.code, "--decimal ," in refused.err) == (2, True)


def test_types_are_found_below_a_very_wide_header(tmp_path: Path) -> None:
    names = [f"prob_{j:020d}" for j in range(5000)]
    row = ",".join(["0.000200000000000000001"] * 5000)
    (tmp_path / "p.csv").write_text(",".join([*names, "weight"]) + f"\n{row},1\n{row},2\n")
    source = open_source(str(tmp_path / "p.csv"))
    assert set(map(str, source.types.values())) == {"double", "int64"}


def test_a_long_csv_is_typed_by_its_head(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("name,score\n" + "a,0.5\n" * 100)
    source = open_source(str(path), Settings(limits=Limits(head=64)))
    assert source.columns == ("name", "score")
    assert source.types == {"name": pa.string(), "score": pa.float64()}
    assert sum(batch.num_rows for batch in source.batches(["score"])) == 100


def test_a_header_longer_than_the_head(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("name,score\na,0.5\n")
    assert open_source(str(path), Settings(limits=Limits(head=4))).columns == ("name", "score")
