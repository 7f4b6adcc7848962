from __future__ import annotations

from pathlib import Path

import numpy as np

from support.command_line import Cli, assert_refused
from support.parts import N, parts_of, rows


def test_a_part_that_comes_twice(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    copy = tmp_path / "copy.state"
    copy.write_bytes(states[1].read_bytes())
    assert_refused(cli("merge", *states, copy), "a part comes twice", "part-1.parquet")
    assert cli("merge", *states[:2], "-o", tmp_path / "sum.state").code == 0
    assert_refused(cli("merge", *states[1:], tmp_path / "sum.state"), "some parts that are also in another")
    skipped = cli("merge", *states, copy, "--skip-duplicates", "--format", "json")
    assert skipped.json["input"]["rows"]["read"] == N
    notes = {note["code"]: note["message"] for note in skipped.json["notes"]}
    assert notes["parts-skipped"].endswith("part-1.parquet came again and was left out")


def test_copies_of_rows_by_id(cli: Cli, tmp_path: Path) -> None:
    """A part is known by the ids of its rows, in any order; rows in two parts are found by number."""
    table = rows("binary").assign(id=np.arange(N) * 7)
    table[["id", "label"]].to_csv(tmp_path / "y.csv", index=False)
    states = []
    for number, some in enumerate((slice(0, 300), slice(200, N))):
        path = tmp_path / f"p{number}.csv"
        table.iloc[some][["id", "score"]].to_csv(path, index=False)
        given = (
            "--labels",
            tmp_path / "y.csv",
            "--on-missing",
            "drop",
            "--state",
            path.with_suffix(".state"),
        )
        assert cli("score", path, *given).code == 0
        states.append(path.with_suffix(".state"))
    assert_refused(cli("merge", *states), "100 rows are in both, by their ids")
    shuffled = table.iloc[:300].sample(frac=1, random_state=0)
    shuffled[["id", "score"]].to_parquet(tmp_path / "again.parquet")
    given = ("--labels", tmp_path / "y.csv", "--on-missing", "drop", "--state", tmp_path / "again.state")
    assert cli("score", tmp_path / "again.parquet", *given).code == 0
    assert_refused(cli("merge", states[0], tmp_path / "again.state"), "a part comes twice")


def test_a_state_says_what_is_inside(cli: Cli, tmp_path: Path) -> None:
    state = parts_of(cli, tmp_path, "multiclass", "--by", "site")[0]
    shown = cli("show", state)
    assert "part-0.state · state of 1 part" in shown.out
    assert "150 scored of 150 read" in shown.out
    assert "3: ash, fir, oak" in shown.out
    facts = cli("show", state, "--format", "json").json
    assert (facts["kind"], facts["task"], facts["ranking"], facts["slices"]) == (
        "state",
        "multiclass",
        "exact",
        3,
    )
    assert facts["parts"][0]["first_row"] == 0
    assert_refused(cli("show", state, "--fail-under", "f1=0.5"), "a state has no --fail-under")
