"""States of parts, merged, give the report of one run over all rows."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from support.command_line import Cli, assert_refused

N = 600
CLASSES = ("ash", "fir", "oak")


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def rows(kind: str, n: int = N) -> pd.DataFrame:
    rng = np.random.default_rng(len(kind))
    shared = {
        "importance": rng.integers(1, 5, n) / 2,
        "user": rng.integers(0, 60, n),
        "site": rng.choice(["n", "s", "e"], n),
    }
    if kind.startswith("binary"):
        y = rng.integers(0, 2, n)
        z = rng.normal(size=n) + 1.2 * y
        scores = {"binary": 1 / (1 + np.exp(-z)), "binary float32": np.float32(1 / (1 + np.exp(-z)))}
        return pd.DataFrame({"label": y, "score": scores.get(kind, z), **shared})
    if kind.startswith("multiclass"):
        y = rng.choice(3, n, p=[0.2, 0.3, 0.5])
        z = rng.normal(size=(n, 3))
        z[np.arange(n), y] += 1.2
        names = np.array(CLASSES)
        if kind.endswith("classes"):
            return pd.DataFrame({"label": names[y], "prediction": names[z.argmax(axis=1)], **shared})
        scores = z * 3 if kind.endswith("logits") else softmax(z)
        columns = {f"prob_{name}": scores[:, j].astype(np.float32) for j, name in enumerate(CLASSES)}
        if kind.endswith("logits"):
            columns = {name.replace("prob", "logit"): values for name, values in columns.items()}
        return pd.DataFrame({"label": names[y], **columns, **shared})
    if kind.startswith("multilabel"):
        y = (rng.random((n, 3)) < [0.2, 0.4, 0.5]).astype(float)
        p = 1 / (1 + np.exp(-(rng.normal(size=(n, 3)) + 1.5 * y - 0.8)))
        if kind.endswith("gaps"):
            y[rng.random((n, 3)) < 0.1] = np.nan
            y[:, 0] = np.nan_to_num(y[:, 0])
        table = pd.DataFrame({f"{name}_truth": y[:, j] for j, name in enumerate(CLASSES)})
        return table.assign(**{f"prob_{name}": p[:, j] for j, name in enumerate(CLASSES)}, **shared)
    y = rng.gamma(2.0, 3.0, n)
    predicted = y * np.exp(rng.normal(size=n) * 0.2)
    return pd.DataFrame({"y_true": y, "y_pred": predicted, "q_0.1": y - 2, "q_0.9": y + 2, **shared})


KINDS = {
    "binary": ("--task", "binary"),
    "binary float32": (),
    "binary logits": ("--scores", "logits"),
    "multiclass": (),
    "multiclass logits": (),
    "multiclass classes": ("--classes", "ash,fir,oak"),
    "multilabel": ("--label-cols", "*_truth"),
    "multilabel gaps": ("--label-cols", "*_truth", "--missing", "drop"),
    "regression": (),
}
LOOKS = {
    "plain": (),
    "everything": ("--metrics", "all"),
    "weights": ("--weight-col", "importance"),
    "slices": ("--by", "site"),
    "groups": ("--group", "user"),
    "no intervals": ("--no-intervals",),
    "own": ("--define", "mine = 1 - {metric}"),
}
OTHERS = ("--bins", "7", "--average", "weighted", "-m", "f1,ece,roc_auc_ovr_macro")
"""Options of parts that do not fit."""
EDGES = (0, 150, 151, 420, N)


def shards(
    cli: Cli, folder: Path, table: pd.DataFrame, options: tuple[str, ...], *, first_row: bool = True
) -> list[Path]:
    """The states of unequal parts."""
    states = []
    for number, (start, end) in enumerate(pairwise(EDGES)):
        path = folder / f"part-{number}.parquet"
        table.iloc[start:end].to_parquet(path)
        at = ("--first-row", str(start)) if first_row else ()
        state = path.with_suffix(".state")
        result = cli("score", path, *options, "--state", state, *at, "--format", "json")
        assert result.code == 0, result.err
        states.append(state)
    return states


def assert_same_figures(found: Any, expected: Any, place: str = "") -> None:
    """Counts and texts are equal, numbers agree to rounding."""
    if isinstance(expected, dict):
        assert set(found) == set(expected), place
        for key, value in expected.items():
            assert_same_figures(found[key], value, f"{place}/{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), place
        for index, value in enumerate(expected):
            assert_same_figures(found[index], value, f"{place}/{index}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), place
    else:
        assert found == expected, place


def compared(report: dict[str, Any]) -> dict[str, Any]:
    """What a merged report shares with that of one run."""
    names = ("task", "classes", "metrics", "per_class", "confusion_matrix", "slices", "definitions", "curves")
    notes = [(note["code"], note["message"]) for note in report["notes"]]
    return {
        **{name: report.get(name) for name in names},
        "notes": notes,
        "rows": report["input"]["rows"],
        "options": report["input"]["options"],
    }


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_merged_is_whole(kind: str, look: str, cli: Cli, tmp_path: Path) -> None:
    table = rows(kind)
    metric = "mae" if kind == "regression" else "accuracy" if "label" not in kind else "f1_macro"
    options = (*KINDS[kind], *(text.format(metric=metric) for text in LOOKS[look]))
    if look != "weights":
        options = (*options, "--unweighted") if "importance" not in table else options
    table.to_parquet(tmp_path / "whole.parquet")
    whole = cli("score", tmp_path / "whole.parquet", *options, "--format", "json")
    assert whole.code == 0, whole.err
    states = shards(cli, tmp_path, table, options)
    if kind == "multilabel gaps" and look in ("weights", "groups"):  # one part has no gaps
        assert_refused(cli("merge", *states), "missing labels: in one of them only")
        return
    merged = cli("merge", *states, "--format", "json")
    assert merged.code == 0, merged.err
    assert_same_figures(compared(merged.json), compared(whole.json))
    halves = (tmp_path / "one.state", tmp_path / "two.state")
    assert cli("merge", *states[:2], "-o", halves[0]).code == 0
    assert cli("merge", *states[2:], "--state", halves[1], "--quiet").code == 0
    again = cli("merge", *halves, "--format", "json")
    assert again.code == 0, again.err
    assert_same_figures(compared(again.json), compared(whole.json))


def parts_of(cli: Cli, folder: Path, kind: str = "multiclass", *options: str) -> list[Path]:
    return shards(cli, folder, rows(kind), (*KINDS[kind], *options))


def test_every_difference_is_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, *_ = parts_of(cli, tmp_path / "one")
    other = parts_of(cli, tmp_path / "two", "multiclass", *OTHERS)[2]
    seen = assert_refused(
        cli("merge", first, other),
        "bins: 15 and 7",
        "average: macro and weighted",
        "metrics: default and f1, ece, roc_auc_ovr_macro",
    )
    assert "classes" not in seen.split("try:")[0]
    binary = shards(cli, tmp_path / "two", rows("binary"), ("--task", "binary", "--threshold", "0.3"))[0]
    assert_refused(
        cli("merge", first, binary), "task: multiclass and binary", "classes: ash, fir, oak and 0, 1"
    )


def test_rankings_of_other_scores_do_not_fit(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    first, second = parts_of(cli, tmp_path)[0], parts_of(cli, tmp_path / "two", "multiclass logits")[2]
    assert_refused(cli("merge", first, second), "scale of the scores: probabilities and logits")


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
    assert_refused(cli("merge", *states), "some rows are in several parts", "700 rows of 600 labels")
    shuffled = table.iloc[:300].sample(frac=1, random_state=0)
    shuffled[["id", "score"]].to_parquet(tmp_path / "again.parquet")
    given = ("--labels", tmp_path / "y.csv", "--on-missing", "drop", "--state", tmp_path / "again.state")
    assert cli("score", tmp_path / "again.parquet", *given).code == 0
    assert_refused(cli("merge", states[0], tmp_path / "again.state"), "a part comes twice")


def test_parts_by_id_draw_as_the_whole_would(cli: Cli, tmp_path: Path) -> None:
    table = rows("multiclass").assign(id=[f"row {j}" for j in range(N)])
    labels, scores = ["id", "label"], ["id", *(f"prob_{name}" for name in CLASSES)]
    table[labels].to_csv(tmp_path / "y.csv", index=False)
    table[scores].to_parquet(tmp_path / "p.parquet")
    given = ("--labels", tmp_path / "y.csv", "-m", "all", "--format", "json")
    whole = cli("score", tmp_path / "p.parquet", *given).json
    states = []
    for number, some in enumerate((slice(300, N), slice(0, 300))):
        path = tmp_path / f"p{number}.parquet"
        table.iloc[some][scores].to_parquet(path)
        state = path.with_suffix(".state")
        assert cli("score", path, *given, "--on-missing", "drop", "--state", state).code == 0
        states.append(state)
    merged = cli("merge", *states, "--format", "json").json
    assert_same_figures(merged["metrics"], whole["metrics"])
    assert merged["input"]["labels_fingerprint"] == whole["input"]["labels_fingerprint"]
    assert merged["input"]["rows"] == whole["input"]["rows"]
    assert {note["code"] for note in merged["notes"]} == {note["code"] for note in whole["notes"]}


def test_gates_and_baselines(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    assert cli("merge", *states, "-o", tmp_path / "r.json", "--fail-under", "f1=0.99").code == 1
    assert cli("merge", *states, "--fail-under", "recall_macro=0.1", "--expect", "4").code == 0
    again = cli("merge", *reversed(states), "--baseline", tmp_path / "r.json", "--max-drop", "f1=0")
    assert again.code == 3  # labels of all parts in another order are others
    same = cli("merge", *states, "--baseline", tmp_path / "r.json", "--max-drop", "f1=0")
    assert same.code == 0, same.err
    assert_refused(cli("merge", *states[1:], "--expect", "4"), "3 parts instead of 4")
    assert (
        cli("merge", *states, "--only", "accuracy", "--digits", "2").out.strip()
        == cli("show", tmp_path / "r.json", "--only", "accuracy", "--digits", "2").out.strip()
    )


def test_other_figures_of_the_same_states(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    some = cli("merge", *states, "-m", "recall_micro,jaccard:oak", "--no-intervals", "--format", "json").json
    assert list(some["metrics"]) == ["recall_micro", "jaccard:oak"]
    assert some["metrics"]["recall_micro"].get("interval") is None
    wide = cli("merge", *states, "-m", "accuracy", "--confidence", "0.5", "--format", "json").json
    assert wide["input"]["options"]["confidence"] == 0.5
    assert_refused(
        cli("merge", *states, "-m", "roc_auc_ovo_macro"),
        "the states do not hold what roc_auc_ovo_macro needs",
    )
    bare = parts_of(cli, tmp_path, "multiclass", "--no-intervals")
    assert_refused(cli("merge", *bare, "--confidence", "0.9"), "scored without intervals")


def test_pages_and_pictures_are_those_of_one_run(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path, "binary")
    out = ("-o", tmp_path / "r.html", "-o", tmp_path / "r.md", "--plots", tmp_path / "plots")
    assert cli("merge", *states, *out).code == 0
    assert b"roc" in (tmp_path / "r.html").read_bytes()
    assert (tmp_path / "plots" / "roc.png").stat().st_size > 5000


def test_notes_say_which_part_they_are_of(cli: Cli, tmp_path: Path) -> None:
    table = rows("binary")
    table.insert(1, "weight", 1.0)
    states = shards(cli, tmp_path, table, ("--unweighted", "--task", "binary"))
    odd = tmp_path / "odd.csv"
    odd.write_text(table.iloc[:150].to_csv(index=False) + ",,,,,\n")
    result = cli("score", odd, "--unweighted", "--task", "binary", "--state", tmp_path / "odd.state")
    assert result.code == 0, result.err
    merged = cli("merge", tmp_path / "odd.state", *states[1:])
    assert merged.code == 0
    assert "odd.csv" in next(line for line in merged.err.splitlines() if "empty-rows" in line)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"id,label\n1,2\n", "another kind of file"),
        (b"ARROW1\x00\x00 and then nothing", "the state file is damaged"),
    ],
)
def test_files_that_are_no_states(content: bytes, words: str, cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    (tmp_path / "odd.state").write_bytes(content)
    assert_refused(cli("merge", *states, tmp_path / "odd.state"), words, "odd.state")


def test_damaged_states_are_named(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    data = states[2].read_bytes()
    for place in range(60, len(data), max(len(data) // 40, 1)):
        changed = bytearray(data)
        changed[place] ^= 0x41
        (tmp_path / "odd.state").write_bytes(changed)
        result = cli("merge", *states[:2], tmp_path / "odd.state", "-o", tmp_path / "r.json")
        if result.code:
            assert_refused(result, "odd.state")
        else:  # padding, which no one reads
            (tmp_path / "fine.state").write_bytes(data)
            fine = cli("merge", *states[:2], tmp_path / "fine.state", "--format", "json")
            found = json.loads((tmp_path / "r.json").read_text())
            assert found["metrics"] == fine.json["metrics"]
    (tmp_path / "odd.state").write_bytes(data[:-200])
    assert_refused(
        cli("merge", *states[:2], tmp_path / "odd.state"), "the state file is damaged", "odd.state"
    )


def test_a_later_format_is_refused_with_both_numbers(cli: Cli, tmp_path: Path) -> None:
    state = parts_of(cli, tmp_path)[0]
    with pa.ipc.open_file(state) as reader:
        table = reader.read_all()
    (key, header), *_ = table.schema.metadata.items()
    later = table.replace_schema_metadata({key.replace(b"1", b"7"): header})
    with pa.ipc.new_file(tmp_path / "later.state", later.schema) as writer:
        writer.write_table(later)
    words = ("written by a later release", "format 7; this release reads up to 1")
    assert_refused(cli("merge", tmp_path / "later.state"), *words)
    assert_refused(cli("show", tmp_path / "later.state"), *words)


def test_places_without_states(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "p.csv").write_text("a\n1\n")
    assert_refused(cli("merge", tmp_path / "empty"), "empty")
    assert_refused(cli("merge", tmp_path / "none-*.state"), "no file matches")
    assert_refused(cli("merge", tmp_path / "none.state"), "no such file")
    parts_of(cli, tmp_path)
    assert cli("merge", tmp_path, "--expect", "4").code == 0
    assert_refused(cli("merge", tmp_path / "part-0.state", tmp_path / "part-0.state"), "given twice")


def test_options_of_states(cli: Cli, tmp_path: Path) -> None:
    rows("binary").to_csv(tmp_path / "p.csv", index=False)
    given = ("score", tmp_path / "p.csv", "--task", "binary", "--unweighted")
    assert_refused(cli(*given, "--first-row", "5"), "--first-row is for --state")
    assert_refused(cli(*given, "--state", tmp_path / "x.state", "--first-row", "-1"), "--first-row -1")
    assert_refused(cli(*given, "--state", tmp_path / "p.csv"), "refusing to overwrite the input")
    batches = ("--state", tmp_path / "x.state", "--explain-batches", "10")
    assert_refused(cli(*given, *batches), "--explain-batches needs all rows in order")
    assert not (tmp_path / "x.state").exists()
    assert_refused(cli("merge", tmp_path / "p.csv", "--expect", "0"), "--expect 0")


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
