"""Slices are what scoring their rows alone would be; rules on each, and on what is sure."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from support.command_line import Cli
from support.slices import COLUMNS, REGION, RNG, N, P, Y, rules, write_rows

pytestmark = pytest.mark.long


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", COLUMNS)
def test_a_slice_is_its_rows_scored_alone(task: str, weighted: bool, cli: Cli, tmp_path: Path) -> None:
    columns = dict(COLUMNS[task])
    if weighted:
        columns["weight"] = np.round(RNG.gamma(2.0, size=N), 2)
    labels = ("--label-cols", "label_*") if task == "multilabel" else ()
    more = ("--task", task, *labels, "-m", "all", "--no-intervals", "-f", "json")
    found = cli("score", write_rows(tmp_path, {**columns, "region": REGION}), *more, "--by", "region").json
    assert {part["by"]["region"] for part in found["slices"]} == {"eu", "us", "asia", None}
    for part in found["slices"]:
        rows = part["by"]["region"] == REGION
        alone = cli(
            "score", write_rows(tmp_path, {k: v[rows] for k, v in columns.items()}, "q.parquet"), *more
        ).json
        assert part["n"] == rows.sum()
        assert part["small"] == (rows.sum() < 30)
        assert set(part["metrics"]) == set(alone["metrics"])
        for name, score in part["metrics"].items():
            other = alone["metrics"][name]["value"]
            assert score["value"] == (
                other if other is None else pytest.approx(other, rel=1e-9, abs=1e-12)
            ), name


def test_the_whole_is_the_same_with_slices(cli: Cli, tmp_path: Path) -> None:
    path = write_rows(tmp_path, {**COLUMNS["multiclass"], "region": REGION})
    one, other = (cli("score", path, "-f", "json", *more).json for more in ((), ("--by", "region")))
    assert one["metrics"] == other["metrics"]
    assert one["per_class"] == other["per_class"]


def test_slices_have_the_intervals_of_their_rows(cli: Cli, tmp_path: Path) -> None:
    path = write_rows(tmp_path, {**COLUMNS["multiclass"], "region": REGION})
    found = cli("score", path, "-f", "json", "--by", "region").json
    rows = REGION == "us"
    alone = cli(
        "score",
        write_rows(tmp_path, {k: v[rows] for k, v in COLUMNS["multiclass"].items()}, "q.parquet"),
        "-f",
        "json",
    ).json
    part = next(part for part in found["slices"] if part["by"] == {"region": "us"})
    assert any(score["interval_method"] == "table-bootstrap" for score in part["metrics"].values())
    for name, score in part["metrics"].items():
        low, high = alone["metrics"][name]["interval"]
        # tables of slices share their draws, which are others than those of a table alone
        drawn = score["interval_method"] == "table-bootstrap"
        nearly = {"abs": (high - low) / 20} if drawn else {"rel": 1e-9}
        assert score["interval"] == pytest.approx([low, high], **nearly), name


def test_crossed_slices_of_two_files_joined_by_id(cli: Cli, tmp_path: Path) -> None:
    ids = RNG.permutation(N)
    device = np.array(["phone", "desk"])[RNG.integers(0, 2, N)]
    scores = {k: v for k, v in COLUMNS["multiclass"].items() if k != "label"}
    p = write_rows(tmp_path, {"id": np.arange(N), **scores, "region": REGION})
    y = write_rows(tmp_path, {"id": ids, "label": Y[ids], "device": device[ids]}, "y.parquet")
    found = cli(
        "score", p, "-l", y, "-m", "accuracy", "-f", "json", "--by", "region,device", "--by", "device"
    ).json
    assert found["input"]["roles"]["by"] == [["region", "device"], ["device"]]
    hit = P.argmax(axis=1) == Y
    for part in found["slices"]:
        rows = np.ones(N, bool)
        for name, value in part["by"].items():
            rows &= (REGION if name == "region" else device) == value
        assert part["n"] == rows.sum()
        assert part["metrics"]["accuracy"]["value"] == pytest.approx(hit[rows].mean())
    assert sum(part["n"] for part in found["slices"]) == 2 * N


def test_a_rule_on_each_slice(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    arguments = ("score", sliced, "--by", "s", "--fail-under", "accuracy@each=0.7", "-f", "json")
    result = cli(*arguments, "-o", tmp_path / "r.json")
    assert result.code == 1
    assert rules(result) == [("accuracy@s=a>=0.7", "pass"), ("accuracy@s=b>=0.7", "fail")]
    assert result.json["gate"]["rules"][1]["slice"] == {"s": "b"}
    assert "small-slices" in result.err  # c is not judged
    again = cli("show", tmp_path / "r.json", "--fail-under", "accuracy@each=0.7", "-f", "json")
    assert (again.code, rules(again)) == (1, rules(result))
    assert cli(*arguments, "--min-n", "0").json["gate"]["rules"][2]["rule"] == "accuracy@s=c>=0.7"
    assert cli("score", sliced, "--by", "s", "--fail-under", "accuracy@each=0.5").code == 0


def test_a_rule_on_each_slice_needs_slices(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    result = cli("score", sliced, "--fail-under", "accuracy@each=0.7")
    assert result.code == 2
    assert "try: --by COLUMN" in result.err
    cli("score", sliced, "-o", tmp_path / "r.json")
    shown = cli("show", tmp_path / "r.json", "--fail-under", "accuracy@each=0.7")
    assert shown.code == 3
    assert "the report has no slices: score with --by" in shown.err
    many = cli("score", sliced, "--by", "s", "--min-n", "1000", "--fail-under", "accuracy@each=0.7")
    assert many.code == 3
    assert "every slice has fewer than 1,000 rows" in many.err


def test_classes_and_globs_on_each_slice(cli: Cli, sliced: Path) -> None:
    result = cli("score", sliced, "--by", "s", "--fail-under", "recall:*@each=0.5", "-f", "json")
    assert {rule for rule, _ in rules(result)} == {
        f"recall:{c}@s={s}>=0.5" for c in (0, 1) for s in ("a", "b")
    }


def test_a_drop_of_each_slice(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "--by", "s", "-o", tmp_path / "base.json")
    stored = json.loads((tmp_path / "base.json").read_text())
    stored["slices"][1]["metrics"]["accuracy"].update(value=0.7, interval=[0.6, 0.8])  # b
    (tmp_path / "base.json").write_text(json.dumps(stored))
    result = cli(
        "score", sliced, "--by", "s", "--baseline", tmp_path / "base.json",
        "--max-drop", "accuracy@each=0.05",
        "-f", "json",
    )  # fmt: skip
    assert rules(result)[1] == ("accuracy@s=b>=baseline-0.05", "fail")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--on", "lowest"), "did you mean --on lower?"),
        (("--on", "lower", "--no-intervals", "--fail-under", "accuracy=0.5"), "without --no-intervals"),
        (("--by", "S"), "no column 'S'"),
        (("--by", "s,s"), "--by 's,s' is not a column"),
        (("--by", "s,"), "--by 's,' is not a column"),
        (("--group", "nope"), "no column 'nope'"),
        (("--min-n", "-1"), "--min-n -1 is negative"),
        (("--seed", "-1"), "--seed -1 is not a whole number from 0 up"),
    ],
)
def test_one_clear_message(arguments: tuple[str, ...], said: str, cli: Cli, sliced: Path) -> None:
    result = cli("score", sliced, *arguments)
    assert result.code == 2
    assert said in result.err
    assert result.out == ""


def test_slices_in_every_form(cli: Cli, sliced: Path) -> None:
    arguments = ("score", sliced, "--by", "s", "-m", "accuracy,recall", "--fail-under", "accuracy@each=0.7")
    table = cli(*arguments).out
    assert "\n3 slices by s\n" in table
    assert table.index("\na  ") < table.index("\nb  ") < table.index("\nc  ")
    worst = cli(*arguments, "--sort", "value").out
    assert "3 slices by s, worst accuracy first" in worst
    assert worst.index("\nc  ") < worst.index("\nb  ") < worst.index("\na  ")
    assert "fewer than 30 rows" in table
    rows = list(csv.DictReader(io.StringIO(cli(*arguments, "-f", "csv").out)))
    assert [(r["slice"], r["n"]) for r in rows if r["metric"] == "accuracy"] == [
        ("", "305"), ("s=a", "200"), ("s=b", "100"), ("s=c", "5"),
    ]  # fmt: skip
    assert all(r["low"] and r["method"] == "wilson" for r in rows if r["metric"] == "accuracy")
    assert "| c | 5 | 0.0000 |" in cli(*arguments, "-f", "markdown").out
    assert 'testcase name="accuracy@s=b&gt;=0.7"' in cli(*arguments, "-f", "junit").out
    assert "accuracy@s=b = 0.6000 < 0.7" in cli(*arguments, "-f", "github").out


def test_a_stored_report_keeps_its_slices(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    whole = cli("score", sliced, "--by", "s", "-f", "json", "-o", tmp_path / "r.json").json
    assert cli("show", tmp_path / "r.json", "-f", "json").json == whole


def test_options_from_a_file(cli: Cli, sliced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evalcli.toml").write_text(
        'by = ["s"]\nmin-n = 6\non = "lower"\nseed = 3\n[fail-under]\n"accuracy@each" = 0.55\n'
    )
    result = cli("score", sliced, "-f", "json")
    assert result.code == 1
    assert rules(result) == [("accuracy@s=a>=0.55", "pass"), ("accuracy@s=b>=0.55", "fail")]
    assert result.json["evalcli"]["seed"] == 3


def test_slices_by_the_label(cli: Cli, sliced: Path) -> None:
    found = cli("score", sliced, "--by", "label", "-m", "accuracy", "-f", "json").json
    assert {part["by"]["label"] for part in found["slices"]} == {"0", "1"}


def test_slices_of_groups_are_as_sure_as_alone(cli: Cli, tmp_path: Path) -> None:
    n = 60_000
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, n)
    columns = {"label": y, "pred": np.where(rng.random(n) < 0.2, 1 - y, y), "user": np.arange(n) % 60}
    s = np.where(np.arange(n) < 900, "few", "many")
    arguments = ("-m", "accuracy", "--group", "user", "-f", "json")
    found = cli("score", write_rows(tmp_path, {**columns, "s": s}), *arguments, "--by", "s").json
    part = next(part for part in found["slices"] if part["by"] == {"s": "few"})
    few = {name: value[:900] for name, value in columns.items()}
    alone = cli("score", write_rows(tmp_path, few, "q.parquet"), *arguments).json["metrics"]["accuracy"]
    one, other = (np.diff(score["interval"])[0] for score in (part["metrics"]["accuracy"], alone))
    assert one == pytest.approx(other, rel=0.2)
