"""Slices are what scoring their rows alone would be; rules on each, and on what is sure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import FIXTURES, Result

Cli = Callable[..., Result]
N = 600
RNG = np.random.default_rng(8)
Y = RNG.integers(0, 3, N)
P = RNG.dirichlet([1, 1, 1], N)
P[np.arange(N), Y] += 0.7
P /= P.sum(axis=1, keepdims=True)
REGION = np.array(["eu", "us", "asia", None], object)[RNG.choice(4, N, p=[0.5, 0.3, 0.16, 0.04])]
SETS = RNG.random((N, 3)) < 0.4
REAL = np.round(RNG.gamma(2.0, size=N) + 0.1, 2)
COLUMNS: dict[str, dict[str, Any]] = {
    "binary": {"label": Y > 0, "p_True": P[:, 1] + P[:, 2]},
    "multiclass": {"label": Y, **{f"p_{j}": P[:, j] for j in range(3)}},
    "multilabel": {
        **{f"label_{j}": SETS[:, j] for j in range(3)},
        **{f"p_{j}": np.clip(P[:, j] / 2 + SETS[:, j] / 3, 0, 1) for j in range(3)},
    },
    "regression": {"y_true": REAL, "y_pred": REAL * RNG.gamma(9.0, 1 / 9, N)},
}


def write(folder: Path, columns: dict[str, Any], name: str = "p.parquet") -> Path:
    pq.write_table(pa.table(columns), folder / name, row_group_size=70)
    return folder / name


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", COLUMNS)
def test_a_slice_is_its_rows_scored_alone(task: str, weighted: bool, cli: Cli, tmp_path: Path) -> None:
    columns = dict(COLUMNS[task])
    if weighted:
        columns["weight"] = np.round(RNG.gamma(2.0, size=N), 2)
    labels = ("--label-cols", "label_*") if task == "multilabel" else ()
    more = ("--task", task, *labels, "-m", "all", "--no-intervals", "-f", "json")
    found = cli("score", write(tmp_path, {**columns, "region": REGION}), *more, "--by", "region").json
    assert {part["by"]["region"] for part in found["slices"]} == {"eu", "us", "asia", None}
    for part in found["slices"]:
        rows = part["by"]["region"] == REGION
        alone = cli(
            "score", write(tmp_path, {k: v[rows] for k, v in columns.items()}, "q.parquet"), *more
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
    path = write(tmp_path, {**COLUMNS["multiclass"], "region": REGION})
    one, other = (cli("score", path, "-f", "json", *more).json for more in ((), ("--by", "region")))
    assert one["metrics"] == other["metrics"]
    assert one["per_class"] == other["per_class"]


def test_slices_have_the_intervals_of_their_rows(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, {**COLUMNS["multiclass"], "region": REGION})
    found = cli("score", path, "-f", "json", "--by", "region").json
    rows = REGION == "us"
    alone = cli(
        "score",
        write(tmp_path, {k: v[rows] for k, v in COLUMNS["multiclass"].items()}, "q.parquet"),
        "-f",
        "json",
    ).json
    part = next(part for part in found["slices"] if part["by"] == {"region": "us"})
    for name, score in part["metrics"].items():
        assert score["interval"] == pytest.approx(alone["metrics"][name]["interval"], rel=1e-9), name


def test_crossed_slices_of_two_files_joined_by_id(cli: Cli, tmp_path: Path) -> None:
    ids = RNG.permutation(N)
    device = np.array(["phone", "desk"])[RNG.integers(0, 2, N)]
    scores = {k: v for k, v in COLUMNS["multiclass"].items() if k != "label"}
    p = write(tmp_path, {"id": np.arange(N), **scores, "region": REGION})
    y = write(tmp_path, {"id": ids, "label": Y[ids], "device": device[ids]}, "y.parquet")
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


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([True, False], {"True", "False"}),
        ([1, 2], {"1", "2"}),
        ([0.5, None], {"0.5", None}),
        (["", "é,=@"], {None, "é,=@"}),
        (pa.array(["a", "b"]).dictionary_encode(), {"a", "b"}),
        (pa.array([0, 86400], pa.timestamp("s")), {"1970-01-01 00:00:00", "1970-01-02 00:00:00"}),
    ],
)
def test_columns_of_any_type(values: Any, names: set[str | None], cli: Cli, tmp_path: Path) -> None:
    column = values if isinstance(values, pa.Array) else pa.array(values)
    path = write(tmp_path, {**COLUMNS["binary"], "s": column.take(pa.array(np.arange(N) % 2))})
    found = cli("score", path, "-m", "accuracy", "-f", "json", "--by", "s").json
    assert {part["by"]["s"] for part in found["slices"]} == names


def test_the_worst_comes_first_and_is_named(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    part = rng.integers(0, 20, 4000)
    wrong = rng.random(4000) < np.where(part == 7, 0.45, 0.1)
    path = write(tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "part": part})
    result = cli("score", path, "-m", "accuracy", "--by", "part", "-f", "json")
    first = result.json["slices"][0]
    assert first["by"] == {"part": "7"}
    values = [part["metrics"]["accuracy"]["value"] for part in result.json["slices"]]
    assert values == sorted(values)
    notes = {note["code"]: note for note in result.json["notes"]}
    assert notes["worst-slices"]["message"].startswith("1 of 20 slices is worse than all rows by accuracy")
    assert "part=7" in notes["worst-slices"]["message"]
    assert cli("score", path, "-m", "accuracy", "--by", "part", "--fail-on", "worst-slices").code == 1


def test_chance_names_no_slice(cli: Cli, tmp_path: Path) -> None:
    """Over 40 files whose 20 slices are alike, about one in twenty may name one."""
    named = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 2000)
        wrong = rng.random(2000) < 0.2
        path = write(
            tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "part": rng.integers(0, 20, 2000)}
        )
        notes = cli("score", path, "-m", "accuracy", "--by", "part", "-f", "json").json["notes"]
        named += any(note["code"] == "worst-slices" for note in notes)
    assert named <= 6


# rules


@pytest.fixture
def sliced(tmp_path: Path) -> Path:
    """Accuracy 0.9 of 200 rows in a, 0.6 of 100 in b, 0 of 5 in c."""
    counts = {"a": (180, 20), "b": (60, 40), "c": (0, 5)}
    rows = [(s, 1, int(j < hits)) for s, (hits, wrong) in counts.items() for j in range(hits + wrong)]
    s, y, h = zip(*rows, strict=True)
    y = np.array(y)
    y[::2] = 0
    h = np.where(np.array(h) == 1, y, 1 - y)
    return write(tmp_path, {"label": y, "pred": h, "s": list(s)})


def rules(result: Result) -> list[tuple[str, str]]:
    return [(rule["rule"], rule["verdict"]) for rule in result.json["gate"]["rules"]]


def test_a_rule_on_each_slice(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    arguments = ("score", sliced, "--by", "s", "--fail-under", "accuracy@each=0.7", "-f", "json")
    result = cli(*arguments, "-o", tmp_path / "r.json")
    assert result.code == 1
    assert rules(result) == [("accuracy@s=b>=0.7", "fail"), ("accuracy@s=a>=0.7", "pass")]
    assert result.json["gate"]["rules"][0]["slice"] == {"s": "b"}
    assert "small-slices" in result.err  # c is not judged
    again = cli("show", tmp_path / "r.json", "--fail-under", "accuracy@each=0.7", "-f", "json")
    assert (again.code, rules(again)) == (1, rules(result))
    assert cli(*arguments, "--min-n", "0").json["gate"]["rules"][0]["rule"] == "accuracy@s=c>=0.7"
    assert cli("score", sliced, "--by", "s", "--fail-under", "accuracy@each=0.5").code == 0


def test_a_rule_on_each_slice_needs_slices(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    result = cli("score", sliced, "--fail-under", "accuracy@each=0.7")
    assert result.code == 2
    assert "try: add --by COLUMN" in result.err
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
    stored["slices"][1]["metrics"]["accuracy"]["value"] = 0.7  # b, after c
    (tmp_path / "base.json").write_text(json.dumps(stored))
    result = cli(
        "score", sliced, "--by", "s", "--baseline", tmp_path / "base.json",
        "--max-drop", "accuracy@each=0.05",
        "-f", "json",
    )  # fmt: skip
    assert rules(result)[0] == ("accuracy@s=b>=baseline-0.05", "fail")


@pytest.mark.parametrize(
    ("on", "rule", "code", "verdict"),
    [
        ("value", "--fail-under accuracy=0.78", 0, "pass"),
        ("lower", "--fail-under accuracy=0.78", 1, "fail"),
        ("lower", "--fail-under accuracy=0.7", 0, "pass"),
        ("decided", "--fail-under accuracy=0.78", 3, "undecided"),
        ("decided", "--fail-under accuracy=0.7", 0, "pass"),
        ("decided", "--fail-under accuracy=0.9", 1, "fail"),
        ("value", "--fail-over fpr=0.23", 0, "pass"),
        ("lower", "--fail-over fpr=0.23", 1, "fail"),
        ("decided", "--fail-over fpr=0.23", 3, "undecided"),
    ],
)
def test_rules_on_what_is_sure(
    on: str, rule: str, code: int, verdict: str, cli: Cli, sliced: Path, tmp_path: Path
) -> None:
    """Accuracy is 240 of 305: 0.787, [0.737, 0.829]; the false positive rate 0.209 or so."""
    result = cli("score", sliced, *rule.split(), "--on", on, "-m", "accuracy,fpr", "-f", "json",
                 "-o", tmp_path / "r.json")  # fmt: skip
    assert result.code == code, result.err
    (found,) = result.json["gate"]["rules"]
    assert found["verdict"] == verdict
    assert found.get("on", "value") == on
    if on != "value":
        assert found["interval"] == result.json["metrics"][found["metric"]]["interval"]
    assert cli("show", tmp_path / "r.json", *rule.split(), "--on", on).code == code
    assert cli("show", tmp_path / "r.json").code == code


def test_what_would_decide_is_told(cli: Cli, sliced: Path) -> None:
    result = cli("score", sliced, "--fail-under", "accuracy=0.78", "--on", "decided")
    # half of the interval is 0.05, the distance 0.0069: 305 * 7.2 squared
    assert "0.78 lies within the 95% interval [0.7375, 0.8291] of 0.7869: about 16,000 rows like its 305" in (
        result.err
    )


def test_a_metric_without_an_interval_is_not_sure(cli: Cli) -> None:
    path = FIXTURES / "governors" / "final_forecasts.csv"
    arguments = ("--label-col", "actual_voteshare", "--pred-col", "projected_voteshare")
    result = cli("score", path, *arguments, "--fail-over", "max_error=20", "--on", "lower")
    assert result.code == 3
    assert "max_error has no interval: the largest of the rows" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--on", "lowest"), "did you mean lower?"),
        (("--on", "lower", "--no-intervals", "--fail-under", "accuracy=0.5"), "leave --no-intervals out"),
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


def test_a_column_of_very_many_values(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, {"label": np.arange(3000) % 2, "pred": np.arange(3000) % 2, "x": np.arange(3000)})
    result = cli("score", path, "--by", "x")
    assert result.code == 2
    assert "3,000 different values are too many slices: at most 1,000" in result.err
    assert f"{path}, column x" in result.err


def test_a_stored_verdict_on_intervals_is_checked(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "--fail-under", "accuracy=0.78", "--on", "decided", "-o", tmp_path / "r.json")
    stored = json.loads((tmp_path / "r.json").read_text())
    stored["gate"]["rules"][0]["verdict"] = stored["gate"]["verdict"] = "pass"
    (tmp_path / "r.json").write_text(json.dumps(stored))
    assert cli("show", tmp_path / "r.json").code == 2


# forms


def test_slices_in_every_form(cli: Cli, sliced: Path) -> None:
    arguments = ("score", sliced, "--by", "s", "-m", "accuracy,recall", "--fail-under", "accuracy@each=0.7")
    table = cli(*arguments).out
    assert "3 slices by s, worst accuracy first" in table
    assert table.index("\nc  ") < table.index("\nb  ") < table.index("\na  ")
    assert "fewer than 30 rows" in table
    rows = list(csv.DictReader(io.StringIO(cli(*arguments, "-f", "csv").out)))
    assert [(r["slice"], r["n"]) for r in rows if r["metric"] == "accuracy"] == [
        ("", "305"), ("s=c", "5"), ("s=b", "100"), ("s=a", "200"),
    ]  # fmt: skip
    assert all(r["low"] and r["method"] == "wilson" for r in rows if r["metric"] == "accuracy")
    assert "| c | 5 | 0.0000 |" in cli(*arguments, "-f", "markdown").out
    assert 'testcase name="accuracy@s=b&gt;=0.7"' in cli(*arguments, "-f", "junit").out
    assert "accuracy@s=b = 0.6000 < 0.7" in cli(*arguments, "-f", "github").out


def test_a_narrow_terminal_shows_fewer_columns(
    cli: Cli, sliced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for width, columns in ((60, 0), (200, 4)):
        monkeypatch.setenv("COLUMNS", str(width))
        out = cli("score", sliced, "--by", "s", "-m", "accuracy,recall,f1,mcc,precision").out
        line = next(line for line in out.splitlines() if "from all" in line)
        found = [name for name in ("recall", "accuracy", "mcc", "precision") if name in line]
        assert len(found) == columns


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
    assert rules(result) == [("accuracy@s=b>=0.55", "fail"), ("accuracy@s=a>=0.55", "pass")]
    assert result.json["evalcli"]["seed"] == 3


def test_few_hits_in_a_slice_are_not_called_worse(cli: Cli, tmp_path: Path) -> None:
    """60 slices of 30 rows, alike, with three positives each: f1 of some is 0 by chance."""
    named = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        y = rng.random(1800) < 0.1
        p = np.round(1 / (1 + np.exp(-(rng.normal(size=1800) + 4.5 * y - 2.2))), 4)
        path = write(tmp_path, {"label": y, "p": p, "g": np.arange(1800) % 60})
        notes = cli("score", path, "--by", "g", "-m", "f1", "-f", "json").json["notes"]
        named += any(note["code"] == "worst-slices" for note in notes)
    assert named <= 3


def test_a_stored_report_without_the_rules_metric(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "--by", "s", "-m", "accuracy", "-o", tmp_path / "r.json")
    result = cli("show", tmp_path / "r.json", "--fail-under", "recall:1@each=0.3")
    assert result.code == 3
    assert "the report does not hold recall:1@s=b: score with --metrics recall:1" in result.err


def test_drops_by_the_worse_end_of_the_interval(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "-o", tmp_path / "base.json")
    more = ("--baseline", tmp_path / "base.json", "--max-drop", "accuracy=0.01", "--on", "lower")
    result = cli("score", sliced, *more)
    assert result.code == 1
    assert (
        "failed: accuracy = 0.7869, lower end 0.7375 < 0.7769, which the baseline 0.7869 and 0.01 allow"
        in (result.err)
    )


def test_slices_by_the_label(cli: Cli, sliced: Path) -> None:
    found = cli("score", sliced, "--by", "label", "-m", "accuracy", "-f", "json").json
    assert {part["by"]["label"] for part in found["slices"]} == {"0", "1"}


def test_the_same_columns_in_another_order_are_the_same_slices(cli: Cli, sliced: Path) -> None:
    found = cli("score", sliced, "--by", "s,label", "--by", "label,s", "-m", "accuracy", "-f", "json").json
    assert found["input"]["roles"]["by"] == [["s", "label"]]


def test_a_slice_without_a_mistake_by_groups(cli: Cli, tmp_path: Path) -> None:
    y = np.arange(200) % 2
    path = write(tmp_path, {"label": y, "pred": y, "user": np.arange(200) // 5})
    score = cli("score", path, "--group", "user", "-m", "accuracy", "-f", "json").json["metrics"]["accuracy"]
    assert score["interval"][0] == pytest.approx(1 / (1 + 1.96**2 / 40), rel=1e-3)
    notes = cli("score", write(tmp_path, {"label": y, "pred": y, "g": y}), "--group", "g").err
    assert "2 groups by g are too few for intervals" in notes


def test_slices_are_told_apart_whatever_their_values(cli: Cli, tmp_path: Path) -> None:
    """Values that look like a class, like no value, or like another combination."""
    values = ["x:0", "(no value)", None, "a,s=b", "@each", "a"]
    y = np.arange(600) % 2
    s = [values[j // 2 % 6] for j in range(600)]
    wrong = np.array([value is None for value in s])
    path = write(tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "s": s})
    arguments = ("score", path, "--by", "s", "--fail-under", "accuracy@each=0.5", "-f", "json")
    result = cli(*arguments, "-o", tmp_path / "r.json")
    found = {rule["slice"]["s"]: rule["verdict"] for rule in result.json["gate"]["rules"]}
    assert found == {value: "fail" if value is None else "pass" for value in values}
    assert len({rule["metric"] for rule in result.json["gate"]["rules"]}) == 6
    assert cli("show", tmp_path / "r.json").code == 1
    drop = ("--baseline", tmp_path / "r.json", "--max-drop", "accuracy@each=0.01")
    assert {verdict for _, verdict in rules(cli(*arguments[:4], *drop, "-f", "json"))} == {"pass"}


def test_too_many_combinations(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 5000)
    path = write(
        tmp_path, {"label": y, "pred": y, "a": rng.integers(0, 90, 5000), "b": rng.integers(0, 90, 5000)}
    )
    result = cli("score", path, "--by", "a,b")
    assert result.code == 2
    assert "more than 1,000 combinations of a, b are too many slices" in result.err


def test_small_dictionaries_with_gaps(cli: Cli, tmp_path: Path) -> None:
    codes = pa.array([None if j % 129 == 128 else j % 129 for j in range(1290)], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array([f"v{j}" for j in range(128)]))
    y = np.arange(1290) % 2
    found = cli(
        "score", write(tmp_path, {"label": y, "pred": y, "s": column}), "--by", "s", "-f", "json"
    ).json
    assert len(found["slices"]) == 129


def test_the_order_of_what_is_asked_for(cli: Cli, sliced: Path) -> None:
    found = cli(
        "score", sliced, "--by", "s", "--by", "label", "--by", "s", "-m", "accuracy", "-f", "json"
    ).json
    assert found["input"]["roles"]["by"] == [["s"], ["label"]]


@pytest.mark.parametrize(
    ("code", "more", "said"),
    [
        ("worst-slices", (), "there are no slices"),
        ("worst-slices", ("--by", "s", "--min-n", "1000"), "no slice has an interval and rows enough"),
        ("worst-slices", ("--by", "s", "--no-intervals"), "no slice has an interval and rows enough"),
        ("small-slices", (), "there are no slices"),
        ("few-groups", (), "there are no groups"),
    ],
)
def test_a_note_that_was_not_looked_for(
    code: str, more: tuple[str, ...], said: str, cli: Cli, sliced: Path
) -> None:
    result = cli("score", sliced, "--fail-on", code, *more)
    assert (result.code, said in result.err) == (3, True)


def test_slices_of_groups_are_as_sure_as_alone(cli: Cli, tmp_path: Path) -> None:
    n = 60_000
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, n)
    columns = {"label": y, "pred": np.where(rng.random(n) < 0.2, 1 - y, y), "user": np.arange(n) % 60}
    s = np.where(np.arange(n) < 900, "few", "many")
    arguments = ("-m", "accuracy", "--group", "user", "-f", "json")
    found = cli("score", write(tmp_path, {**columns, "s": s}), *arguments, "--by", "s").json
    part = next(part for part in found["slices"] if part["by"] == {"s": "few"})
    few = {name: value[:900] for name, value in columns.items()}
    alone = cli("score", write(tmp_path, few, "q.parquet"), *arguments).json["metrics"]["accuracy"]
    one, other = (np.diff(score["interval"])[0] for score in (part["metrics"]["accuracy"], alone))
    assert one == pytest.approx(other, rel=0.2)
