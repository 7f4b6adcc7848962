from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import evalcli
from evalcli import m, metric

RNG = np.random.default_rng(4)
Y = RNG.integers(0, 2, 200)
Q = np.clip(RNG.normal(0.3 + 0.4 * Y, 0.3), 0, 1)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (
            2 * m.precision * m.recall / (m.precision + m.recall),
            "2 * precision * recall / (precision + recall)",
        ),
        (5 * m.fn + m.fp, "5 * fn + fp"),
        (1 - m["recall:the cat"], "1 - 'recall:the cat'"),
        (-m.f1 + 3 - m.n, "-f1 + 3 - n"),
        (m.f1**2 / 4 + 2**m.f1, "f1 ** 2 / 4 + 2 ** f1"),
        (0.5 * (m.f1 + m["fbeta@2"]) - (m.accuracy - 1), "0.5 * (f1 + 'fbeta@2') - (accuracy - 1)"),
        (1 / m["f1"] - 1.5 / (m.f1 - 2), "1 / f1 - 1.5 / (f1 - 2)"),
    ],
)
def test_operators_are_formulas(formula: Any, text: str) -> None:
    assert metric(formula, name="mine").formula == text


def test_they_have_no_values_and_are_compared_as_objects() -> None:
    f1 = m.f1
    assert f1 == f1  # noqa: PLR0124
    assert m.f1 != m.f1
    with pytest.raises(TypeError, match="no value before a report"):
        bool(m.f1)
    for wrong in (lambda: m.f1 + "2", lambda: True * m.f1, lambda: m.f1 < 2, lambda: m[3]):
        with pytest.raises(TypeError):
            wrong()
    assert repr(m.f1 + 1) == "<formula (f1 + 1)>"
    with pytest.raises(AttributeError):
        _ = m._repr_html_


def test_metrics_are_given_beside_names() -> None:
    mine = metric(2 * m.precision * m.recall / (m.precision + m.recall), name="mine")
    report = evalcli.evaluate(Y, Q, metrics=["accuracy", mine, "f1"])
    assert list(report.metrics) == ["accuracy", "mine", "f1"]
    assert float(report["mine"]) == pytest.approx(float(report["f1"]))
    assert list(evalcli.evaluate(Y, Q, metrics=mine).metrics) == ["mine"]
    assert "mine" in evalcli.evaluate(Y, Q, define={"mine": "fn + fp"}).metrics


def test_an_evaluator_takes_them_along() -> None:
    mine = metric("5*fn + fp", name="mine", better="lower", range=(0, np.inf))
    one = evalcli.Evaluator(metrics=["f1", mine])
    one.update(y_true=Y, y_score=Q)
    two = evalcli.Evaluator.from_bytes(one.to_bytes())
    assert two.compute() == one.compute() == pickle.loads(pickle.dumps(one)).compute()
    both = one + two
    assert both.compute()["mine"] == 2 * one.compute()["mine"]
    other = evalcli.Evaluator(metrics=["f1", metric("fp", name="mine")])
    with pytest.raises(evalcli.EvalcliError, match="different options"):
        one.merge(other)


@pytest.mark.parametrize(
    ("formula", "name", "words"),
    [
        ("fn +", "mine", "cannot be read"),
        ("fn", "f1", "define='my_f1 = fn'"),
        ("fn == 1", "mine", "a comparison"),
        ("fn", "My Metric", "small letters"),
    ],
)
def test_wrong_ones_are_refused_at_once(formula: str, name: str, words: str) -> None:
    with pytest.raises(evalcli.EvalcliError, match=words):
        metric(formula, name=name)


def test_negative_numbers_are_in_brackets() -> None:
    assert metric((-2) ** m.tp, name="mine").formula == "(-2) ** tp"
    assert metric(m.tp * -2 - -1, name="mine").formula == "tp * -2 - -1"


@pytest.mark.parametrize(
    "more", [{"better": "up"}, {"range": (1,)}, {"range": (5, 1)}, {"range": (float("nan"), 1)}]
)
def test_wrong_facts_are_refused_at_once(more: Any) -> None:
    with pytest.raises(ValueError, match=r"better=|range=|zip"):
        metric("fn", name="mine", **more)


def test_numbers_that_are_none_are_no_part_of_a_formula() -> None:
    with pytest.raises(ValueError, match="no number of a formula"):
        _ = np.nan * m.f1


def test_definitions_are_given_as_definitions() -> None:
    report = evalcli.evaluate(Y, Q, define=[metric("fn + fp", name="mine")], metrics="f1")
    assert list(report.metrics) == ["f1", "mine"]
