"""Ids that differ in form only: joined where that is unambiguous, else a question whose answer joins them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from evalcli.engine.score import score
from evalcli.errors import InputError
from evalcli.inputs.matching.forms import Fold, likeness
from evalcli.inputs.options import Options
from support.command_line import Cli, assert_refused
from support.matching import saved_pair

Rewrite = Callable[[str], str]
FORMS: dict[str, tuple[Rewrite, Rewrite, str | None]] = {
    "float": (lambda i: i, lambda i: f"{i}.0", None),
    "float of padded": (lambda i: f"{int(i):06d}", lambda i: f"{i}.0", "zero padding"),
    "case": (lambda i: f"IMG_{i}", lambda i: f"img_{i}", "case"),
    "blanks": (lambda i: f"x{i}", lambda i: f" x{i} ", "surrounding whitespace"),
    "zeros": (lambda i: i, lambda i: f"{int(i):08d}", "zero padding"),
    "zeros in a word": (lambda i: f"img_{i}", lambda i: f"img_{int(i):06d}", "zero padding"),
    "prefix": (lambda i: i, lambda i: f"img_{i}", "the prefix 'img_'"),
    "suffix": (lambda i: f"x{i}", lambda i: f"x{i}.jpg", "the suffix '.jpg'"),
    "path": (
        lambda i: i,
        lambda i: f"val/IMG-{int(i):05d}.JPG",
        "the prefix 'val/img-' and the suffix '.jpg'",
    ),
}
"""How ids are written in one file and in the other, and what the question says; None where none is asked."""


def data(n: int, seed: int) -> tuple[list[str], Any, Any]:
    rng = np.random.default_rng(seed)
    ids = [str(i) for i in rng.choice(50_000, n, replace=False)]
    y = rng.integers(0, 2, n)
    return ids, y, np.clip(rng.normal(0.3 + 0.4 * y, 0.25), 0.01, 0.99)


def saved(folder: Path, ids: list[str], others: list[str], y: Any, p: Any, seed: int) -> Options:
    """Predictions with ``ids``, labels with ``others`` in another order."""
    pd.DataFrame({"id": ids, "prob": p}).to_csv(folder / "p.csv", index=False)
    labels = pd.DataFrame({"id": others, "label": y}).sample(frac=1, random_state=seed)
    labels.to_csv(folder / "y.csv", index=False)
    return Options(str(folder / "p.csv"), str(folder / "y.csv"), intervals=False)


def values(options: Options) -> dict[str, float | None]:
    return {name: found.value for name, found in score(options).metrics.items()}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15, deadline=None)
@given(n=st.integers(20, 60), seed=st.integers(0, 1000), swapped=st.booleans())
def test_ids_of_another_form_give_the_same_numbers(form: str, n: int, seed: int, swapped: bool) -> None:
    ids, y, p = data(n, seed)
    one, other, said = FORMS[form]
    left, right = (other, one) if swapped else (one, other)
    with tempfile.TemporaryDirectory() as folder:
        plain = values(saved(Path(folder), ids, ids, y, p, seed))
        options = saved(Path(folder), [left(i) for i in ids], [right(i) for i in ids], y, p, seed)
        try:
            assert values(options) == plain
            assert said is None
        except InputError as error:
            assert error.code == "ids-differ"
            assert said is not None, error
            assert said in error.what
            assert f"{n} of {n} match when folded" in error.what
            assert error.finding.hint is not None
            (step,) = error.finding.hint.steps
            assert "by_order" not in step.options
            assert values(replace(options, **step.options)) == plain  # type: ignore[arg-type]


def test_rows_that_one_file_lacks_are_named_in_the_answer(cli: Cli, tmp_path: Path) -> None:
    predictions = "id,prob_a,prob_b\nA1,0.9,0.1\nA2,0.2,0.8\nA3,0.6,0.4\nA9,0.6,0.4\n"
    files = saved_pair(tmp_path, predictions, "id,label\na1,a\na2,b\na3,a\na4,b\n")
    said = assert_refused(cli("score", *files), "ids differ only in case: 3 of 4 match when folded")
    assert "--fold-ids --on-missing drop --on-extra drop" in said
    answer = ("--fold-ids", "--on-missing", "drop", "--on-extra", "drop")
    assert cli("score", *files, *answer, "--only", "accuracy").out == "1.0\n"


def test_order_is_no_answer_but_where_no_id_is_alike_and_the_counts_are_equal(
    cli: Cli, tmp_path: Path
) -> None:
    predictions = "id,prob_a,prob_b\nu,0.9,0.1\nv,0.2,0.8\nw,0.6,0.4\n"
    files = saved_pair(tmp_path, predictions, "id,label\nq1,a\nq2,b\nq3,a\n")
    said = assert_refused(cli("score", *files), "no id of the predictions is among those of the labels")
    assert "--by-order if row 1 belongs to row 1" in said
    assert cli("score", *files, "--by-order").code == 0
    longer = saved_pair(tmp_path, predictions, "id,label\nq1,a\nq2,b\nq3,a\nq4,b\n")
    assert "--by-order" not in assert_refused(cli("score", *longer), "no id of the predictions")
    some = saved_pair(tmp_path, predictions, "id,label\nu,a\nv,b\nx,a\n")
    assert "--by-order" not in assert_refused(cli("score", *some), "the ids differ")


def test_ids_that_folding_makes_the_same_are_refused(cli: Cli, tmp_path: Path) -> None:
    predictions = "id,prob_a,prob_b\nA,0.9,0.1\na,0.2,0.8\nb,0.6,0.4\n"
    files = saved_pair(tmp_path, predictions, "id,label\nA,a\na,b\nb,a\n")
    plain = cli("score", *files, "--only", "accuracy").out
    said = assert_refused(cli("score", *files, "--fold-ids"), "different ids here", "without --fold-ids")
    assert "A, a: both are a with --fold-ids" in said
    assert cli("score", *files, "--only", "accuracy").out == plain


def test_folding_is_not_proposed_where_it_would_mix_ids_up(cli: Cli, tmp_path: Path) -> None:
    predictions = "id,prob_a,prob_b\nA,0.9,0.1\na,0.2,0.8\nB,0.6,0.4\nC,0.6,0.4\n"
    files = saved_pair(tmp_path, predictions, "id,label\nA,a\na,b\nb,a\nc,a\n")
    assert "--fold-ids" not in assert_refused(cli("score", *files), "the ids differ")


def test_whole_floats_that_are_the_same_id_twice(cli: Cli, tmp_path: Path) -> None:
    predictions = "id,prob_a,prob_b\n7,0.9,0.1\n7.0,0.2,0.8\n8,0.6,0.4\n"
    files = saved_pair(tmp_path, predictions, "id,label\n7,a\n8,a\n")
    assert_refused(cli("score", *files), "1 rows of the predictions repeat an id")


def test_numbers_that_are_no_whole_ones_stay_what_they_are(cli: Cli, tmp_path: Path) -> None:
    """Chapters 1.0, 1.1 and 2.0 of one file are those of the other."""
    predictions = "id,prob_a,prob_b\n1.0,0.9,0.1\n1.1,0.2,0.8\n2.0,0.6,0.4\n"
    files = saved_pair(tmp_path, predictions, "id,label\n2.0,a\n1.1,b\n1.0,a\n")
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"


@pytest.mark.parametrize(
    ("predictions", "labels"),
    [
        (["img_10", "img_11", "img_12"], ["0", "1", "2"]),  # not within a number
        (["train/1", "train/2"], ["val/1", "val/2"]),  # other folders are other files
        (["a1", "b2", "c3"], ["1", "2", "3"]),  # nothing in common around them
        (["x", "y"], ["u", "v"]),
        ([], ["u"]),
    ],
)
def test_ids_that_are_other_ones(predictions: list[str], labels: list[str]) -> None:
    assert likeness(predictions, labels) is None


def test_a_few_ids_that_happen_to_match_are_no_likeness() -> None:
    assert likeness(["A", "k", "l", "m"], ["a", "x", "y", "z"]) is None


def test_what_is_folded() -> None:
    assert [Fold().text(text) for text in (" IMG_007 ", "7.0", "-3.00", "0", "000", "1.05", "7.5")] == [
        "img_7", "7", "-3", "0", "0", "1.05", "7.5",
    ]  # fmt: skip


def test_a_column_of_one_name_that_differs_in_form(cli: Cli, tmp_path: Path) -> None:
    n = 60
    ids, y, p = data(n, 3)
    pd.DataFrame({"image": [f"{i}.png" for i in ids], "prob": p}).to_csv(tmp_path / "p.csv", index=False)
    labels = pd.DataFrame({"image": [f"x/{i}.png" for i in ids], "label": y})
    labels.sample(frac=1, random_state=1).to_csv(tmp_path / "y.csv", index=False)
    files = (tmp_path / "p.csv", "-l", tmp_path / "y.csv")
    result = cli("score", *files)
    said = assert_refused(result, "match when folded", "--fold-ids")
    assert "--by-order" not in said
    accuracy = float(((p > 0.5) == y).mean())
    answered = cli("score", *files, "--id-col", "image", "--fold-ids", "--only", "accuracy")
    assert float(answered.out) == accuracy
