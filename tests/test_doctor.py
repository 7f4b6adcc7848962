"""What ``evalcli inspect`` finds, and ``score`` says too: a case for every complaint, and healthy files."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from conftest import FIXTURES, Result

Cli = Callable[..., Result]
RNG = np.random.default_rng(0)
N, K = 300, 4


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def good(k: int = K, n: int = N, seed: int = 0, strength: float = 3.0) -> tuple[Any, Any]:
    """Labels and probabilities of a model that is right most of the time and knows how sure it is."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    z = rng.normal(size=(n, k))
    z[np.arange(n), y] += strength
    return y, softmax(z * strength / 1.0 if strength > 1 else z)


def frame(p: Any, y: Any, prefix: str = "prob_", **more: Any) -> pd.DataFrame:
    names = [f"{prefix}{j}" for j in range(p.shape[1])]
    return pd.DataFrame(p, columns=names).assign(label=y, **more)


def saved(folder: Path, table: pd.DataFrame | str, name: str = "p.csv") -> Path:
    path = folder / name
    if isinstance(table, str):
        path.write_text(table)
    elif name.endswith(".parquet"):
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)
    return path


SCHEMA = json.loads((files("evalcli") / "schema" / "inspect-1.json").read_text())


def finding(result: Result, code: str) -> dict[str, Any]:
    jsonschema.validate(json.loads(result.out), SCHEMA)
    found = [f for f in json.loads(result.out)["findings"] if f["code"] == code]
    assert len(found) == 1, result.out
    return found[0]


def check(
    cli: Cli,
    arguments: tuple[object, ...],
    code: str,
    level: str,
    mend: tuple[str, ...] = (),
    **fields: Any,
) -> dict[str, Any]:
    """A finding has its level and fields, the exit code follows, ``score`` says it too, its option mends."""
    result = cli("inspect", *arguments, "-f", "json")
    found = finding(result, code)
    assert found["level"] == level
    for name, value in fields.items():
        assert found[name] == value, found
    assert result.code == (2 if level == "error" else 0)
    assert cli("inspect", *arguments, "--strict").code == {"error": 2, "warning": 1, "note": 0}[level]
    scored = cli("score", *arguments)
    assert (scored.code == 2) == (level == "error"), scored.err
    if level != "error":
        assert f"[{code}]" in scored.err
    if mend:
        assert mend[0] in str(found["try"]), found
        assert cli("score", *arguments, *mend).code == 0
        assert cli("inspect", *arguments, *mend).code == 0
    return found


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers(bad: float, cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[4, 9, 30, 31, 32, 33, 34], 1] = bad
    path = saved(tmp_path, frame(p, y))
    check(cli, (path,), "missing-scores", "error", ("--missing", "drop"), count=7, rows=[5, 10, 31, 32, 33])
    column = next(c for c in cli("inspect", path, "-f", "json").json["columns"] if c["name"] == "prob_1")
    assert (column["missing"], column["infinite"]) == ((7, 0) if np.isnan(bad) else (0, 7))


def test_nulls_among_the_labels(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = frame(p, y).astype({"label": "Int64"})
    table.loc[[1, 8], "label"] = None
    path = saved(tmp_path, table, "p.parquet")
    check(cli, (path,), "missing-label", "error", ("--missing", "drop"), count=2, rows=[2, 9])


def test_rows_that_do_not_sum_to_one(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[2, 7]] *= 0.8
    path = saved(tmp_path, frame(p, y))
    check(cli, (path,), "rows-do-not-sum-to-1", "error", ("--scores", "probabilities"), count=2, rows=[3, 8])
    assert "2 of 300 rows do not sum to 1 [row-sums]" in cli("score", path, "--scores", "probabilities").err


def test_a_contradiction_far_down(cli: Cli, tmp_path: Path) -> None:
    y, p = good(n=140_000)
    p[139_000] *= 5
    path = saved(tmp_path, frame(p, y), "p.parquet")
    check(cli, (path,), "scores-contradict", "error", count=1, rows=[139_001])


@pytest.mark.parametrize("k", [2, K])
def test_percentages(k: int, cli: Cli, tmp_path: Path) -> None:
    y, p = good(k)
    table = frame(100 * p, y) if k > 2 else pd.DataFrame({"label": y, "prob": 100 * p[:, 1]})
    path = saved(tmp_path, table)
    check(cli, (path,), "percentages", "error", ("--scores", "percentages"))
    fractions = saved(
        tmp_path, frame(p, y) if k > 2 else pd.DataFrame({"label": y, "prob": p[:, 1]}), "f.csv"
    )
    one = cli("score", path, "--scores", "percentages", "-f", "json").json["metrics"]
    other = cli("score", fractions, "-f", "json").json["metrics"]
    assert one.keys() == other.keys()
    for name, score in one.items():
        assert score["value"] == pytest.approx(other[name]["value"], rel=1e-9), name


def test_rounding_errors(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[3, 4]] = [[1.00002, -0.00002, 0, 0]] * 2
    check(cli, (saved(tmp_path, frame(p, y)),), "rounded-scores", "note", count=4)


def test_logits_called_probabilities(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    check(cli, (saved(tmp_path, frame(np.log(p) + 3, y)),), "logits-under-prob-name", "warning")


def test_probabilities_called_logits(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved(tmp_path, frame(p, y, "logit_"))
    check(cli, (path,), "which-scale", "error", ("--scores", "probabilities"))


def test_constant_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[:, 2] = 0.25
    p[:, [0, 1, 3]] *= 0.75 / p[:, [0, 1, 3]].sum(axis=1, keepdims=True)
    found = check(cli, (saved(tmp_path, frame(p, y)),), "constant-scores", "warning", count=1)
    assert "prob_2" in found["message"]


def test_saturated_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved(tmp_path, frame(np.eye(K)[p.argmax(axis=1)], y))
    check(cli, (path,), "saturated-scores", "warning", count=N)


def test_ids_that_repeat(cli: Cli, tmp_path: Path) -> None:
    """As a distributed sampler makes them; beside their labels they are worth a warning."""
    y, p = good()
    ids = np.arange(N)
    ids[[100, 101]] = [3, 4]
    path = saved(tmp_path, frame(p, y, id=ids))
    found = finding(cli("inspect", path, "-f", "json"), "duplicate-ids")
    assert (found["level"], found["count"], found["rows"]) == ("warning", 2, [101, 102])
    labels = saved(tmp_path, pd.DataFrame({"id": np.arange(N), "label": y}), "y.csv")
    joined = saved(tmp_path, frame(p, y, id=ids).drop(columns="label"), "q.csv")
    found = check(cli, (joined, "-l", labels), "duplicate-ids", "error", ("--by-order",))
    assert found["where"].endswith("q.csv, column id, row 101")


def test_ids_without_a_partner(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    labels = saved(tmp_path, pd.DataFrame({"id": np.arange(N) + 2, "label": y}), "y.csv")
    path = saved(tmp_path, frame(p, y, id=np.arange(N)).drop(columns="label"))
    arguments = (path, "-l", labels)
    check(
        cli,
        arguments,
        "ids-differ",
        "error",
        ("--on-missing", "drop", "--on-extra", "drop"),
        count=2,
        rows=[1, 2],
    )


def test_labels_that_are_no_class(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    names = np.array(["cat", "dog", "cow", "hen"])
    labels = pd.DataFrame({"label": names[y]})
    labels.loc[5, "label"] = "cot"
    path = saved(tmp_path, pd.DataFrame(p, columns=[f"prob_{name}" for name in names]))
    found = check(cli, (path, "-l", saved(tmp_path, labels, "y.csv")), "unknown-labels", "error")
    assert found["where"].endswith("y.csv, row 6")


def test_classes_that_are_no_label(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved(tmp_path, frame(p[y != 3], y[y != 3]))
    assert "3" in check(cli, (path,), "absent-classes", "warning")["message"]


def test_a_single_class(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    check(cli, (saved(tmp_path, frame(p[y == 2], y[y == 2])),), "single-class", "warning")
    check(cli, (saved(tmp_path, "label,pred\na,a\na,a\n"),), "single-class", "error", ("--classes", "a,b"))


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (sorted(map(str, range(12))), "sorted as text"),
        ([str(j) for j in range(11, -1, -1)], "from the last to the first"),
        ([*map(str, range(1, 12)), "0"], "each off by one"),
        (["0", "1", "3", "2", *map(str, range(4, 12))], "'2' holds '3'"),
    ],
)
def test_columns_in_another_order(order: list[str], words: str, cli: Cli, tmp_path: Path) -> None:
    """The columns hold the classes in ``order``, and are taken in the order of their numbers."""
    y, p = good(12, 1500)
    np.save(tmp_path / "p.npy", p[:, list(map(int, order))])
    np.save(tmp_path / "y.npy", y)
    arguments = (tmp_path / "p.npy", "-l", tmp_path / "y.npy")
    found = check(cli, arguments, "column-order", "warning")
    assert words in found["message"]
    mended = cli("score", *arguments, "--classes", ",".join(order))
    assert "column-order" not in mended.err
    before, after = (
        cli("score", *arguments, "--only", "accuracy", *more).out
        for more in ((), ("--classes", ",".join(order)))
    )
    assert f"accuracy {float(before):.4f}, but {float(after):.4f}" in found["message"]


@pytest.mark.parametrize("k", [2, K, 50])
def test_rows_in_another_order(k: int, cli: Cli, tmp_path: Path) -> None:
    y, p = good(k, 1000)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", np.random.default_rng(7).permutation(y))
    found = check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "row-order", "warning")
    assert "--id-col" in found["try"]


def test_real_values_in_another_order(cli: Cli, tmp_path: Path) -> None:
    y = RNG.normal(size=500)
    np.save(tmp_path / "p.npy", y + 0.1)
    np.save(tmp_path / "y.npy", RNG.permutation(y))
    check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "row-order", "warning")


@pytest.mark.parametrize("other", ["Cat", "cat ", " CAT"])
def test_names_that_differ_by_case_or_blanks(other: str, cli: Cli, tmp_path: Path) -> None:
    rows = [["cat", 0.9, 0.1], ["dog", 0.2, 0.8], [other, 0.7, 0.3], ["dog", 0.4, 0.6]]
    named = pd.DataFrame(rows, columns=["label", "prob_cat", "prob_dog"])
    path = saved(tmp_path, named)
    found = check(cli, (path,), "names-differ", "error", ("--fold-names",))
    assert f"'cat' and {other!r}" in found["seen"] or f"{other!r} and 'cat'" in found["seen"]
    assert cli("score", path, "--fold-names", "--only", "accuracy").out == "1.0\n"
    alone = saved(tmp_path, named[["label"]].assign(pred=["cat", "dog", "cat", "dog"]), "q.csv")
    check(cli, (alone,), "names-differ", "error", ("--fold-names",))
    assert cli("score", alone, "--fold-names", "--only", "accuracy").out == "1.0\n"


def test_names_composed_otherwise_are_the_same(cli: Cli, tmp_path: Path) -> None:
    """As Unicode has it: one letter with an accent, or a letter and an accent."""
    path = saved(tmp_path, "label,prob_\u00e9t\u00e9,prob_hiver\ne\u0301te\u0301,0.9,0.1\nhiver,0.1,0.9\n")
    assert cli("score", path, "--only", "accuracy").out == "1.0\n"


def test_labels_that_count_from_one(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    for table in (frame(p, y + 1), frame(p[y != 0], y[y != 0] + 1)):
        path = saved(tmp_path, table)
        check(cli, (path,), "labels-shifted", "error", ("--classes", "1,2,3,4"))
        assert float(cli("score", path, "--classes", "1,2,3,4", "--only", "accuracy").out) > 0.9
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y + 1)
    check(
        cli,
        (tmp_path / "p.npy", "-l", tmp_path / "y.npy"),
        "labels-shifted",
        "error",
        ("--classes", "1,2,3,4"),
    )


def test_columns_that_sort_as_text_are_taken_as_numbers(cli: Cli, tmp_path: Path) -> None:
    y, p = good(12, 500)
    table = frame(p, y)
    path = saved(tmp_path, table[sorted(table.columns)])
    report = cli("score", path, "-f", "json").json
    assert report["classes"] == [str(j) for j in range(12)]
    assert report["metrics"]["accuracy"]["value"] == (p.argmax(axis=1) == y).mean()


def test_rows_that_are_not_one_hot(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    hot = np.eye(K, dtype=int)[y]
    hot[7] = 0
    hot[9] = 1
    table = pd.DataFrame(hot, columns=[f"label_{j}" for j in range(K)])
    labels = saved(tmp_path, table, "y.csv")
    path = saved(tmp_path, frame(p, y).drop(columns="label"))
    arguments = (path, "-l", labels, "--task", "multiclass")
    assert "2 one-hot rows" in check(cli, arguments, "not-one-hot", "error")["message"]


def test_labels_of_mixed_types(cli: Cli, tmp_path: Path) -> None:
    path = saved(tmp_path, "label,pred\n" + "0,0\n1,1\nNA,1\n" * 30)
    check(cli, (path,), "mixed-types", "warning", count=3)
    nulled = cli("score", path, "--null-values", "NA", "--missing", "drop", "-f", "json").json
    assert (nulled["classes"], nulled["input"]["rows"]["dropped"]) == (["0", "1"], {"missing_label": 30})


def test_text_among_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = frame(p, y).astype(object)
    table.loc[150, "prob_1"] = "n/k"
    found = check(cli, (saved(tmp_path, table),), "not-a-number", "error")
    assert found["where"].endswith("p.csv, line 152, column prob_1")
    assert found["seen"] == "'n/k'"


def test_a_transposed_matrix(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    np.save(tmp_path / "p.npy", p.T)
    np.save(tmp_path / "y.npy", y)
    found = check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "transposed", "error")
    assert found["seen"] == f"shape ({K}, {N}), and {N} labels"


def test_files_of_different_lengths(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y[:-3])
    check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "rows-differ", "error")


HEALTHY: dict[str, Callable[[], Any]] = {
    "good": good,
    "weak": lambda: good(strength=0.5),
    "guessing": lambda: (RNG.integers(0, K, N), softmax(0.3 * RNG.normal(size=(N, K)))),
    "binary": lambda: good(2),
    "many classes": lambda: good(100, 3000),
    "few rows": lambda: good(3, 12),
    "half floats": lambda: (good()[0], good()[1].astype(np.float16)),
    "three digits": lambda: (good(strength=1.5)[0], np.round(good(strength=1.5)[1], 3)),
}


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("words", [False, True])
def test_healthy_files_are_clean(name: str, words: bool, cli: Cli, tmp_path: Path) -> None:
    y, p = HEALTHY[name]()
    k = p.shape[1]
    names = [f"class{j:03d}" for j in range(k)] if words else list(map(str, range(k)))
    table = pd.DataFrame(p, columns=[f"prob_{n}" for n in names]).assign(
        label=np.array(names)[y], id=range(len(y))
    )
    found = cli("inspect", saved(tmp_path, table, "p.parquet"), "--strict", "-f", "json")
    assert (found.code, found.json["verdict"]) == (0, "clean"), found.out


def test_the_real_files_are_clean(cli: Cli, cifar10: tuple[object, ...], wnba: tuple[object, ...]) -> None:
    imdb = FIXTURES / "imdb"
    for arguments in (cifar10, wnba, (imdb / "probabilities.npy", "-l", imdb / "labels.npy")):
        found = cli("inspect", *arguments, "--strict")
        assert found.code == 0, found.out
        assert found.out.endswith("clean: nothing suspicious\n")


def test_the_table(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3, 100)
    labels = pd.DataFrame({"id": np.arange(100), "label": np.array(["cat", "dog", "hen"])[y]})
    table = pd.DataFrame(p, columns=["prob_cat", "prob_dog", "prob_hen"]).assign(
        id=np.arange(100), split="test"
    )
    table.loc[3, "prob_cat"] = np.nan
    result = cli("inspect", saved(tmp_path, table), "-l", saved(tmp_path, labels, "y.csv"))
    assert result.code == 2
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    for line in (
        f"predictions {tmp_path}/p.csv CSV with commas 100",
        f"labels {tmp_path}/y.csv CSV with commas 100",
        "predictions split text test",
        "predictions id int64 0, 1, 2, 3, 4 and 95 more id",
        "labels label text hen, dog, cat truth",
        "task multiclass, 3 classes: cat, dog, hen",
        "scores probabilities: values in [0, 1], rows sum to 1",
        "rows matched by id: id",
        "rows: 4",
        "try: --missing drop leaves such rows out, and counts them",
        "not scorable as it is",
    ):
        assert line in lines, result.out
    assert any(
        line.startswith("predictions prob_cat float64 ") and line.endswith(" 1 scores") for line in lines
    )


def test_many_columns_are_one_line(cli: Cli, tmp_path: Path) -> None:
    y, p = good(100, 3000)
    result = cli("inspect", saved(tmp_path, frame(p, y)), "-f", "json")
    (scores,) = [c for c in result.json["columns"] if c["role"] == "scores"]
    assert scores["name"] == "prob_0 … prob_99 (100 columns)"


def test_a_file_that_cannot_be_opened(cli: Cli, tmp_path: Path) -> None:
    result = cli("inspect", tmp_path / "none.csv", "-f", "json")
    assert (result.code, result.json["verdict"]) == (2, "not scorable")
    assert finding(result, "no-file")["level"] == "error"
    assert cli("inspect", tmp_path / "none.csv").out.startswith("error: no such file [no-file]\n")


def test_everything_at_once(cli: Cli, tmp_path: Path) -> None:
    """A question about the scale does not hide what else is wrong."""
    y, p = good()
    p = 100 * p
    p[4, 0] = np.nan
    path = saved(tmp_path, frame(p, y, id=np.r_[0, np.arange(N - 1)]))
    result = cli("inspect", path, "-f", "json")
    codes = {f["code"] for f in result.json["findings"]}
    assert {"percentages", "missing-scores", "duplicate-ids"} <= codes


def test_one_bad_value_among_probabilities(cli: Cli, tmp_path: Path) -> None:
    y, p = good(2)
    p[17, 1] = 1.02
    path = saved(tmp_path, pd.DataFrame({"label": y, "prob": p[:, 1]}))
    check(cli, (path,), "which-scale", "error", count=1, rows=[18])


@pytest.mark.parametrize("prefix", ["prob", "p_", "softmax_", "Prob-"])
def test_logits_under_any_such_name(prefix: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(2) if prefix == "prob" else good()
    z = np.log(p)
    table = pd.DataFrame({"label": y, "prob": z[:, 1] - z[:, 0]}) if prefix == "prob" else frame(z, y, prefix)
    check(cli, (saved(tmp_path, table),), "logits-under-prob-name", "warning")


def test_percentages_with_their_sign(cli: Cli, tmp_path: Path) -> None:
    path = saved(tmp_path, "label,prob\n" + "1,97.1%\n0,3.4%\n" * 20)
    refused = cli("score", path)
    assert (refused.code, "holds text, not numbers" in refused.err) == (2, True)
    whole = saved(tmp_path, "label,prob\n" + "1,97\n0,3\n" * 20, "q.csv")
    check(cli, (whole,), "percentages", "error", ("--scores", "percentages"))


def test_order_of_weighted_rows(cli: Cli, tmp_path: Path) -> None:
    y, p = good(5, 1000)
    np.save(tmp_path / "p.npy", p[:, ::-1])
    labels = saved(tmp_path, pd.DataFrame({"label": y, "weight": RNG.random(1000) + 0.5}), "y.csv")
    check(cli, (tmp_path / "p.npy", "-l", labels), "column-order", "warning")
    shuffled = saved(tmp_path, pd.read_csv(labels).sample(frac=1, random_state=0), "z.csv")
    np.save(tmp_path / "q.npy", p)
    check(cli, (tmp_path / "q.npy", "-l", shuffled), "row-order", "warning")


def test_named_columns_in_another_order(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3, 500)
    names = np.array(["cat", "dog", "fox"])
    table = pd.DataFrame(p, columns=["prob_dog", "prob_fox", "prob_cat"]).assign(label=names[y])
    found = check(cli, (saved(tmp_path, table),), "column-order", "warning")
    assert "named wrongly? In the order of the file they seem to hold cat,dog,fox" in found["try"]


def test_numbered_columns_that_hold_another_order(cli: Cli, tmp_path: Path) -> None:
    """What the option says has to mend it, in whatever order the columns stand in the file."""
    y, p = good(12, 1500)
    order = sorted(range(12), key=str)
    table = pd.DataFrame({f"prob_{j}": p[:, place] for place, j in enumerate(order)}).assign(label=y)
    path = saved(tmp_path, table)
    found = check(cli, (path,), "column-order", "warning")
    option, names = found["try"].split(" ")
    mended = cli("score", path, option, names, "--only", "accuracy")
    assert float(mended.out) == (p.argmax(axis=1) == y).mean()
    assert "column-order" not in mended.err


def test_predicted_classes_that_count_from_zero(cli: Cli, tmp_path: Path) -> None:
    path = saved(tmp_path, "label,pred\n" + "1,0\n2,1\n3,2\n" * 20)
    check(cli, (path,), "labels-shifted", "error")


def test_labels_that_exclude_each_other(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = pd.concat(
        [frame(p, y).drop(columns="label"), pd.DataFrame(np.eye(K, dtype=int)[y]).add_prefix("is_")], axis=1
    )
    path = saved(tmp_path, table)
    arguments = (path, "--label-cols", "is_*", "--score-cols", "prob_*")
    check(cli, arguments, "exclusive-labels", "warning", ("--task", "multiclass"))


def test_a_bad_value_in_a_column_that_nobody_uses(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = frame(p, y, note=[str(j) for j in range(N)]).astype({"note": object})
    path = saved(tmp_path, table.assign(right=y > 1))
    long = path.read_text() + "0.25,0.25,0.25,0.25,1,none,False\n"
    path.write_text(long)
    assert cli("inspect", path).code == 0
    assert cli("score", path).code == 0


def test_the_confidence_beside_a_predicted_class(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    for name in ("confidence", "score"):
        path = saved(tmp_path, pd.DataFrame({"label": y, "pred": p.argmax(axis=1), name: p.max(axis=1)}))
        assert float(cli("score", path, "--only", "accuracy").out) == (p.argmax(axis=1) == y).mean()


@pytest.mark.parametrize(
    ("auc", "n", "base"),
    [(0.4, 200, 0.5), (0.7, 100, 0.5), (1.0, 60, 0.5), (0.7, 300, 0.2), (1.0, 500, 0.03)],
)
def test_weak_models_are_no_mistake(auc: float, n: int, base: float, cli: Cli, tmp_path: Path) -> None:
    """Twenty of each, binary and calibrated: none looks shuffled."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y = (rng.random(n) < base).astype(int)
        y[:2] = [0, 1]
        z = rng.normal(size=n) + auc * y
        p = 1 / (1 + np.exp(-(auc * z - auc**2 / 2 + np.log(base / (1 - base)))))
        np.save(tmp_path / "p.npy", p)
        np.save(tmp_path / "y.npy", y)
        codes = {
            f["code"]
            for f in cli("inspect", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "-f", "json").json[
                "findings"
            ]
        }
        assert not codes & {"row-order", "column-order", "which-scale"}, seed


def test_guessing_with_confidence_is_no_mistake_of_two_columns(cli: Cli, tmp_path: Path) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        p = rng.random(200)
        path = saved(tmp_path, frame(np.stack([p, 1 - p], axis=1), rng.integers(0, 2, 200)))
        assert "column-order" not in cli("score", path).err, seed


@pytest.mark.parametrize(
    "text",
    [
        "label,prob\n0,\n1,\n",
        "label,prob,weight\n0,0.5,0\n1,0.5,0\n",
        "label,prob_a,prob_b\na,nan,1\nb,nan,0\n",
    ],
)
def test_nothing_to_score(text: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("inspect", saved(tmp_path, text))
    assert (result.code, result.err) == (2, "")


def test_label_columns_of_text(cli: Cli, tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"label_a": ["0", "1"], "label_b": ["1", "1"], "prob_a": [0.2, 0.8], "prob_b": [0.3, 0.6]}
    )
    path = saved(tmp_path, table, "p.parquet")
    refused = cli("score", path, "--label-cols", "label_*", "--score-cols", "prob_*")
    assert (refused.code, "a label column does not hold 0 and 1" in refused.err) == (2, True)
    boolean = table.assign(label_a=[False, True], label_b=[True, True])
    found = cli(
        "score", saved(tmp_path, boolean, "b.csv"), "--label-cols", "label_*", "--score-cols", "prob_*"
    )
    assert found.code == 0


def test_values_near_the_end_of_numbers(cli: Cli, tmp_path: Path) -> None:
    path = saved(tmp_path, "y_true,y_pred\n1e300,1.1e300\n2.5e300,2e300\n1e300,1e300\n")
    assert cli("score", path, "--task", "regression").code == 0


def test_lines_without_values(cli: Cli, tmp_path: Path) -> None:
    refused = cli("score", saved(tmp_path, "{}\n{}\n", "l.jsonl"))
    assert (refused.code, "the file has no columns" in refused.err) == (2, True)


@pytest.mark.parametrize("beside", ["p_value", "prob_calibrated", "score_std"])
def test_a_column_called_exactly_so_is_the_score(beside: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(2)
    name = "score" if beside.startswith("score") else "prob"
    path = saved(tmp_path, pd.DataFrame({"label": y, name: p[:, 1], beside: RNG.random(N)}))
    assert cli("score", path, "-f", "json").json["input"]["roles"]["scores"] == [name]


def test_a_real_prediction_beside_other_columns(cli: Cli, tmp_path: Path) -> None:
    y = RNG.normal(size=100)
    table = pd.DataFrame({"date": "2020-01-01", "y_true": y, "y_pred": y + 0.1, "p_std": 0.3, "store": 7})
    report = cli("score", saved(tmp_path, table), "-f", "json").json
    assert (report["task"], report["input"]["roles"]["predicted"]) == ("regression", "y_pred")


def test_the_confidence_of_a_pipeline(cli: Cli, tmp_path: Path) -> None:
    """A label and how sure it is of it, beside labels of their own."""
    y, p = good(2)
    names = np.array(["NEGATIVE", "POSITIVE"])
    output = pd.DataFrame({"label": names[p.argmax(axis=1)], "score": p.max(axis=1)})
    path = saved(tmp_path, output)
    labels = saved(tmp_path, pd.DataFrame({"label": names[y]}), "y.csv")
    found = cli("score", path, "-l", labels)
    assert "[score-not-used]" in found.err
    assert float(cli("score", path, "-l", labels, "--only", "accuracy").out) == (p.argmax(axis=1) == y).mean()
    assert "roc_auc" not in found.out


def test_numbers_beside_a_predicted_class_are_no_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = pd.DataFrame(
        {"label": y, "pred": p.argmax(axis=1), "age": RNG.random(N), "income": RNG.random(N)}
    )
    report = cli("score", saved(tmp_path, table), "-f", "json").json
    assert report["input"]["roles"]["scores"] == []


def test_a_number_among_columns_called_as_labels(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3)
    names = ["cat", "dog", "owl"]
    table = pd.DataFrame(p, columns=names).assign(surprise=RNG.random(N), label=np.array(names)[y])
    path = saved(tmp_path, table)
    check(cli, (path,), "which-scores", "error", ("--score-cols", "cat,dog,owl"))


def test_names_with_nothing_in_common(cli: Cli, tmp_path: Path) -> None:
    path = saved(tmp_path, "label,pred\n" + "0,cat\n1,dog\n" * 20)
    check(cli, (path,), "unknown-labels", "error")


@pytest.mark.parametrize("delimiter", [" ", ","])
def test_what_numpy_writes_as_text(delimiter: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(3)
    np.savetxt(tmp_path / "p.txt", p, delimiter=delimiter)
    np.savetxt(tmp_path / "y.txt", y + 0.0)
    options = ("--no-header",) if y[0] == 0 else ()
    result = cli("score", tmp_path / "p.txt", "-l", tmp_path / "y.txt", *options, "--only", "accuracy")
    assert float(result.out) == (p.argmax(axis=1) == y).mean(), result.err


def test_columns_with_a_stem_and_a_number(cli: Cli, tmp_path: Path) -> None:
    y, p = good(12, 500)
    table = pd.DataFrame(p, columns=[f"class_{j}" for j in range(12)]).assign(y_true=y)
    assert cli("score", saved(tmp_path, table), "-f", "json").json["classes"] == [str(j) for j in range(12)]


def test_fields_of_mixed_types_that_nobody_uses(cli: Cli, tmp_path: Path) -> None:
    rows = [{"label": "ab"[j % 2], "pred": "ab"[j % 2], "answer": j if j % 3 else str(j)} for j in range(60)]
    path = saved(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "l.jsonl")
    result = cli("score", path, "--only", "accuracy")
    assert result.out == "1.0\n"
    assert cli("inspect", path).code == 0
    refused = cli("score", path, "--pred-col", "answer")
    assert (refused.code, "values of different types" in refused.err, "column answer" in refused.err) == (
        2,
        True,
        True,
    )


def test_ids_that_turn_to_text_far_down(cli: Cli, tmp_path: Path) -> None:
    lines = [f"{j if j < 19_000 else f'A{j}'},{j % 2},{0.1 + 0.8 * (j % 2)}\n" for j in range(20_000)]
    path = saved(tmp_path, "id,label,prob\n" + "".join(lines))
    assert cli("inspect", path).code == cli("score", path).code == 0
