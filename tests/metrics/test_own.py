from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sklearn import metrics as sk

import evalcli
from evalcli.definitions import Definition
from evalcli.errors import UsageError
from evalcli.metrics import Context
from evalcli.metrics.own import for_any_data, own_metrics
from evalcli.metrics.stacks import context_of, is_sized
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, Task
from support.command_line import Cli, assert_refused

RNG = np.random.default_rng(11)
N = 400
Y = RNG.integers(0, 3, N)
P = RNG.dirichlet([1, 1, 1], N) + 0.6 * np.eye(3)[Y]
P /= P.sum(axis=1, keepdims=True)
B, Q = (Y > 0).astype(int), 1 - P[:, 0]
WEIGHT = RNG.integers(1, 4, N).astype(float)
SETS, S = (RNG.random((N, 3)) < 0.4).astype(int), RNG.random((N, 3))
REAL = RNG.normal(size=N)
GUESS = REAL + RNG.normal(size=N)
NAMES = ("cat", "dog", "owl")


def made(formula: str, task: Task = BINARY, **more: Any) -> Any:
    context = replace(context_of(task, 2 if task.has_positive else 3), **more)
    return own_metrics([Definition("mine", formula)], context).own[0]


def evaluated(definition: str, *arrays: Any, **more: Any) -> evalcli.Report:
    return evalcli.evaluate(*arrays, define={"mine": definition}, metrics="mine", **more)


def test_a_formula_of_counts_is_of_the_positive_class() -> None:
    (tn, fp), (fn, tp) = sk.confusion_matrix(B, Q > 0.5)
    report = evaluated("5*fn + fp + 0*tn + 0*tp", B, Q)
    assert float(report["mine"]) == 5 * fn + fp
    shares = evaluated("(tp + tn) / n + support", B, Q)
    assert float(shares["mine"]) == pytest.approx((tp + tn) / N + B.sum())


def test_a_formula_of_counts_has_the_averages_of_classes() -> None:
    report = evalcli.evaluate(
        Y, P, define={"mine": "2*precision*recall/(precision+recall)"}, metrics="mine,mine_micro,mine:1"
    )
    predicted = P.argmax(axis=1)
    for name, average in (("mine_macro", "macro"), ("mine_micro", "micro")):
        assert float(report[name]) == pytest.approx(sk.f1_score(Y, predicted, average=average))
    assert float(report["mine:1"]) == pytest.approx(sk.f1_score(Y, predicted, average=None)[1])


def test_a_formula_of_all_rows() -> None:
    report = evaluated("(f1_macro + accuracy) / 2 - 'recall:2' * log_loss", Y, P)
    predicted = P.argmax(axis=1)
    f1, recall = sk.f1_score(Y, predicted, average="macro"), sk.recall_score(Y, predicted, average=None)[2]
    expected = (f1 + sk.accuracy_score(Y, predicted)) / 2 - recall * sk.log_loss(Y, P)
    assert float(report["mine"]) == pytest.approx(expected)
    real = evaluated("rmse / mae", REAL, y_pred=GUESS, task="regression")
    ratio = sk.root_mean_squared_error(REAL, GUESS) / sk.mean_absolute_error(REAL, GUESS)
    assert float(real["mine"]) == pytest.approx(ratio)
    sets = evaluated("f1_samples + 'fn:1' / n", SETS, S)
    missed = ((SETS[:, 1] == 1) & (S[:, 1] <= 0.5)).sum() / N
    assert float(sets["mine"]) == pytest.approx(
        sk.f1_score(SETS, S > 0.5, average="samples", zero_division=0) + missed
    )


def test_definitions_use_those_before_them() -> None:
    report = evalcli.evaluate(
        B,
        Q,
        define=["total = 5*fn + fp", "rate = total / n", "twice = 2*rate + 0*accuracy"],
        metrics="rate,twice",
    )
    assert float(report["rate"]) == pytest.approx(float(report["total"]) / N)
    assert float(report["twice"]) == pytest.approx(2 * float(report["rate"]))
    with pytest.raises(UsageError, match="unknown metric 'later'"):
        evalcli.evaluate(B, Q, define=["mine = later + fn", "later = fp"])


@pytest.mark.parametrize(
    ("formula", "task", "better", "ends"),
    [
        ("5*fn + fp", BINARY, "lower", (0, np.inf)),
        ("tp / (tp + fp)", BINARY, "higher", (0, 1)),
        ("2*precision*recall/(precision+recall)", BINARY, "higher", (0, 1)),
        ("precision - recall", BINARY, "none", (-1, 1)),
        ("recall - fpr", BINARY, "higher", (-1, 1)),
        ("(f1_macro + roc_auc_ovr_macro) / 2", MULTICLASS, "higher", (0, 1)),
        ("log_loss * brier", MULTICLASS, "lower", (0, np.inf)),
        ("1 - accuracy", MULTICLASS, "lower", (0, 1)),
        ("accuracy - log_loss", MULTICLASS, "higher", (-np.inf, 1)),
        ("rmse / mae", REGRESSION, "none", (0, np.inf)),
        ("n * accuracy", BINARY, "higher", (0, np.inf)),
        ("support / n", BINARY, "none", (0, 1)),
        ("min('recall:a', 'recall:b')", MULTILABEL, "higher", (0, 1)),
    ],
)
def test_direction_and_range_are_found(formula: str, task: Task, better: str, ends: Any) -> None:
    metric = made(formula, task)
    assert metric.better == better
    assert metric.range == ends


def test_direction_and_range_can_be_said() -> None:
    context = context_of(BINARY, 2)
    found = own_metrics([Definition("mine", "precision - recall", "higher", (-1.0, None))], context).own[0]
    assert (found.better, found.range) == ("higher", (-1.0, np.inf))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("formula", "sized"),
    [
        ("5*fn + fp", True),
        ("fn / n", False),
        ("f1 * accuracy", False),
        ("n * accuracy", True),
        ("support", True),
    ],
)
def test_what_grows_with_the_rows_is_known(formula: str, sized: bool) -> None:
    assert is_sized(made(formula)) is sized


def test_undefined_parts_and_divisions_say_so() -> None:
    nothing = np.zeros(N)
    by_class = evaluated("precision + recall", B, nothing)
    assert by_class["mine"].reason == "its formula has no finite value for '1'"
    combined = evaluated("precision + accuracy", B, nothing)
    assert combined["mine"].reason == "precision: no row is predicted as '1'"
    divided = evaluated("1 / (accuracy - accuracy)", B, Q)
    assert divided["mine"].reason == "its formula has no finite value"
    raw = evaluated("log_loss + f1", B, Q * 10 - 5, scores="raw")
    assert raw["mine"].reason == "log_loss requires probabilities; the scores are raw"


def test_zero_division_is_that_of_the_averages() -> None:
    y, p = np.array([0, 0, 1, 1, 1] * 20), np.array([1] * 100)
    kept = evalcli.evaluate(y, y_pred=p, define={"mine": "precision"}, metrics="mine_macro")
    skipped = evalcli.evaluate(
        y, y_pred=p, define={"mine": "precision"}, metrics="mine_macro", zero_division="skip"
    )
    assert float(kept["mine_macro"]) == pytest.approx(0.3)
    assert float(skipped["mine_macro"]) == pytest.approx(0.6)


@pytest.mark.parametrize(
    "more",
    [{}, {"weight": WEIGHT}, {"group": np.arange(N) // 4}, {"by": {"part": np.arange(N) % 2}}],
    ids=["plain", "weight", "group", "by"],
)
@pytest.mark.parametrize("formula", ["5*fn + fp", "(roc_auc + accuracy) / 2"])
def test_every_way_of_intervals(formula: str, more: Any) -> None:
    score = evaluated(formula, B, Q, **more)["mine"]
    assert score.interval is not None
    assert score.interval.low < float(score) < score.interval.high


def test_the_interval_is_that_of_the_metric_that_the_formula_is() -> None:
    """Of the same tables: the kappa of two classes as a formula."""
    formula = "2*(tp*tn - fp*fn) / ((tp+fp)*(fp+tn) + (tp+fn)*(fn+tn))"
    report = evalcli.evaluate(B, Q, define={"mine": formula}, metrics="mine,cohen_kappa")
    mine, kappa = report["mine"], report["cohen_kappa"]
    assert float(mine) == pytest.approx(float(kappa))
    assert mine.interval is not None and kappa.interval is not None
    assert mine.interval.low == pytest.approx(kappa.interval.low)
    assert mine.interval.high == pytest.approx(kappa.interval.high)


@pytest.mark.parametrize(
    ("y", "p", "more"),
    [(B, Q, {"weight": WEIGHT}), (B, Q, {"group": np.arange(N)}), (SETS, S, {})],
    ids=["weights", "groups", "labels"],
)
def test_a_total_is_scaled_to_all_rows(y: Any, p: Any, more: Any) -> None:
    """Its interval is that of the mean, times the rows, though some rows are sampled."""
    many = {name: np.tile(value, 30) for name, value in more.items()}
    y, p = np.tile(y.T, 30).T, np.tile(p.T, 30).T
    if "group" in more:
        many["group"] = np.arange(len(y)) // 2
    report = evalcli.evaluate(y, p, define={"total": "5*fn + fp", "mean": "(5*fn + fp) / n"}, **many)
    name = "total_macro" if y.ndim == 2 else "total"
    total, mean = report[name], report[name.replace("total", "mean")]
    rows = float(total) / float(mean)
    assert total.interval is not None and mean.interval is not None
    width = (mean.interval.high - mean.interval.low) * rows
    assert total.interval.high - total.interval.low == pytest.approx(width, rel=0.35)


@given(st.integers(0, 2**31), st.sampled_from(["fn + 3*fp", "precision*recall", "tp/n", "accuracy*f1"]))
def test_values_are_those_of_counts(seed: int, formula: str) -> None:
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, 30), rng.integers(0, 2, 30)
    tn, fp, fn, tp = sk.confusion_matrix(y, p, labels=[0, 1]).ravel().tolist()
    values = {
        "fn + 3*fp": fn + 3 * fp,
        "precision*recall": tp / (tp + fp) * tp / (tp + fn) if tp + fp and tp + fn else None,
        "tp/n": tp / 30,
        "accuracy*f1": (tp + tn) / 30 * 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None,
    }
    if len(set(y.tolist())) < 2:
        return
    found = evaluated(formula, y, y_pred=p, no_intervals=True)["mine"].value
    assert found == pytest.approx(values[formula])


WRONG = {
    "f1 = 2*fn": ("'f1' cannot be the name of a metric: it is taken", "--define 'my_f1 = 2*fn'"),
    "sensitivity = fn": ("it is another name of recall", "my_sensitivity"),
    "f1_macro = fn": ("it is taken", "my_f1_macro"),
    "tp = fn": ("it is taken", "my_tp"),
    "Cost = fn": ("cannot be the name", "small letters"),
    "kosten€ = fn": ("cannot be the name", "small letters"),
    "mine = bogus": ("mine: unknown metric 'bogus'", "evalcli metrics"),
    "mine = f1_makro": ("mine: unknown metric 'f1_makro'", "f1_macro"),
    "mine = mae": ("'mae' is not defined for binary data", "evalcli metrics"),
    "mine = 'recall:7'": ("no class '7'", "recall:"),
    "mine = 'tp:7'": ("no class '7'", "recall:"),
    "mine": ("is not NAME = FORMULA", "cost = 5*fn + fp"),
    "mine = ": ("is not NAME = FORMULA", "cost = 5*fn + fp"),
    "mine == fn": ("is not NAME = FORMULA", "cost = 5*fn + fp"),
}


@pytest.mark.parametrize("definition", WRONG)
def test_wrong_definitions_are_refused(definition: str, cli: Cli, wnba: tuple[object, ...]) -> None:
    what, hint = WRONG[definition]
    assert_refused(cli("score", *wnba, "--define", definition), what, hint)


def test_all_wrong_definitions_are_reported_at_once(cli: Cli, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, "--define", "a = nope", "--define", "b = nay", "--define", "c = fn")
    assert_refused(result, "unknown metric 'nope'", "unknown metric 'nay'")


def test_counts_of_one_class_each_are_no_metric_of_all_rows() -> None:
    with pytest.raises(UsageError, match=r"(?s)fn is of one class each.*'fn:c'"):
        made("fn * accuracy", MULTICLASS)
    with pytest.raises(UsageError, match="fn is a count of classes; this is regression"):
        made("fn * mae", REGRESSION)
    assert made("n * accuracy", MULTICLASS).better == "higher"


def test_a_definition_is_explained_for_the_tasks_that_have_it() -> None:
    several = [Definition("real", "mae / rmse"), Definition("mine", "min('recall:cat', 'recall:dog')")]
    assert for_any_data(several, "real").tasks == (REGRESSION,)
    assert for_any_data(several, "mine").tasks == (BINARY, MULTICLASS, MULTILABEL)
    with pytest.raises(UsageError, match="unknown metric 'nope'"):
        for_any_data([Definition("mine", "nope")], "mine")


def test_metrics_of_a_stored_report_are_known_without_what_computes_them() -> None:
    stored = [
        Definition("row_cost", "whatever", "lower", (0.0, None), "rows", "mine.py"),
        Definition("class_cost", "whatever", "lower", (0.0, None), "classes", "mine.py"),
        Definition("f1", "of a plugin that has another one", "lower", kind="classes", source="mine.py"),
    ]
    context: Context = own_metrics(stored, context_of(MULTICLASS, 3))
    assert context.own_names == ("row_cost", "class_cost")


@pytest.mark.parametrize("formula", ["rmse / 1000", "mae / 10"])
def test_no_range_is_guessed_from_values_without_limits(formula: str) -> None:
    assert made(formula, REGRESSION).range == (0, np.inf)


@pytest.mark.parametrize("formula", ["fn / 1e6", "tp / 2000", "(5*fn + fp) / 12000"])
def test_no_range_is_guessed_of_what_grows_with_the_rows(formula: str) -> None:
    assert made(formula).range == (0, np.inf)


def test_the_direction_is_that_of_large_counts_as_well() -> None:
    assert made("abs(tp - 100)").better == "none"


@pytest.mark.parametrize("names", [("x", "x_macro"), ("x_macro", "x")])
def test_a_name_that_is_an_average_of_another_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="it is taken"):
        own_metrics([Definition(name, "fn + fp") for name in names], context_of(MULTICLASS, 3))


@pytest.mark.parametrize("name", ["lambda", "if", "not"])
def test_words_of_python_are_no_names(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        own_metrics([Definition(name, "fn")], context_of(BINARY, 2))


def test_another_definition_of_the_same_name_is_no_baseline(
    cli: Cli, wnba: tuple[object, ...], tmp_path: Any
) -> None:
    report = tmp_path / "r.json"
    assert cli("score", *wnba, "--define", "x = 5*fn + fp", "-m", "x", "-o", report).code == 0
    same = cli(
        "score", *wnba, "--define", "x = 5*fn + fp", "-m", "x", "--baseline", report, "--max-drop", "x=1"
    )
    assert same.code == 0, same
    other = cli(
        "score", *wnba, "--define", "x = 2*fn + fp", "-m", "x", "--baseline", report, "--max-drop", "x=1"
    )
    assert (other.code, "x 5*fn + fp then, 2*fn + fp now" in other.out + other.err) == (3, True), other


def test_a_definition_is_used_by_its_name_alone(cli: Cli, wnba: tuple[object, ...]) -> None:
    given = ("--define", "x = 'recall:1' * 1", "--define", "recall1 = fn")
    assert_refused(cli("score", *wnba, *given, "--only", "x"), "no metric is, or uses, recall1")
