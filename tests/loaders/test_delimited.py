from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from evalcli.errors import InputError
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


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize("header", ["label", None])
@pytest.mark.parametrize("values", [["a", "b", "a"], ["0.5", "0.25", "0.75"]])
def test_an_empty_line_of_a_lone_column_is_a_missing_value(
    end: str, blank: str, header: str | None, values: list[str], tmp_path: Path
) -> None:
    lines = [*([header] if header else []), values[0], blank, blank, *values[1:]] * 1
    (tmp_path / "y.csv").write_text(end.join([*lines, blank, "", ""]), newline="")
    for segment in (4, 1 << 20):
        source = open_source(
            str(tmp_path / "y.csv"), Settings(header=bool(header), limits=Limits(segment=segment))
        )
        rows = pa.Table.from_batches(source.batches(source.columns, source.columns)).column(0).to_pylist()
        assert rows == [values[0], "", "", *values[1:]]
        if values[0] == "0.5":
            rows = pa.Table.from_batches(source.batches(source.columns)).column(0).to_pylist()
            assert rows == [0.5, None, None, 0.25, 0.75]


def test_missing_labels_of_a_lone_column_are_counted(cli: Cli, saved: Save) -> None:
    labels = saved("y.csv", "label\n" + "a\n" * 10 + "\n" + "b\n" * 10)
    rows = "".join(f"{p},{1 - p}\n" for p in [0.75] * 11 + [0.25] * 10)
    scores = saved("p.csv", "prob_a,prob_b\n" + rows)
    assert_refused(cli("score", scores, "--labels", labels), "row 11")
    dropped = cli("score", scores, "--labels", labels, "--missing", "drop", "--only", "accuracy")
    assert float(dropped.out) == 1


def test_lines_of_blanks_are_no_rows(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\n  \na,0.9,0.1\n\n \t \nb,0.2,0.8\n   \n\t\n")
    assert cli("score", path, "--only", "accuracy").out.strip() == "1.0"
    wrong = saved("q.csv", "label,prob_a,prob_b\n  \na,0.9,0.1\n\n \t \nb,high,0.8\n   \n\t\na,0.5,0.5\n")
    assert_refused(cli("score", wrong), "q.csv, line 6, column prob_a")


def test_lines_are_counted_through_quoted_line_ends(saved: Save) -> None:
    path = saved("p.csv", 'label,text,prob\n1,"two\n\nlines",0.5\n0,"a ""b""\n",high\n')
    with pytest.raises(InputError) as caught:
        list(open_source(str(path)).batches(["prob"]))
    assert str(caught.value.where).endswith("p.csv, line 5, column prob")


@pytest.mark.parametrize("form", ["pred.txt", "pred.tsv", "pred.csv"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_row_names_as_r_writes_them(form: str, quote: str, tmp_path: Path) -> None:
    d = {"pred.txt": " ", "pred.tsv": "\t", "pred.csv": ","}[form]
    lines = [d.join(f"{quote}{name}{quote}" for name in ("ash", "beech", "obs"))]
    lines += [f"{quote}{j}{quote}{d}0.75{d}{j / 8}{d}{quote}ash{quote}" for j in range(20, 5, -1)]
    (tmp_path / form).write_text("\n".join(lines) + "\n")
    source = open_source(str(tmp_path / form))
    rows = pa.Table.from_batches(source.batches(source.columns, ["obs"])).to_pydict()
    assert rows["index"] == list(range(20, 5, -1))
    assert rows["beech"] == [j / 8 for j in range(20, 5, -1)]
    assert rows["obs"] == ["ash"] * 15
