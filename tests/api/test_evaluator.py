from __future__ import annotations

import pickle
import threading
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evalcli
from evalcli import Evaluator
from evalcli.api.evaluator import FORMAT, VERSION
from evalcli.errors import InputError, UsageError

RNG = np.random.default_rng(21)
N = 90
CLASSES = RNG.integers(0, 3, N)
SCORES = np.exp(RNG.normal(size=(N, 3)) + np.eye(3)[CLASSES]).astype(np.float32)
SCORES /= SCORES.sum(axis=1, keepdims=True)
NAMES = np.array(["ant", "bee", "cat"])[CLASSES]
REGION = np.where(np.arange(N) % 3 == 0, "eu", "us")
KINDS: dict[str, dict[str, Any]] = {
    "scores": {"y_true": CLASSES, "y_score": SCORES},
    "weights": {"y_true": CLASSES, "y_score": SCORES, "weight": RNG.random(N)},
    "groups": {"y_true": CLASSES, "y_score": SCORES, "group": np.arange(N) // 3},
    "text": {"y_true": NAMES, "y_pred": np.roll(NAMES, 1)},
    "binary": {"y_true": CLASSES > 0, "y_score": SCORES[:, 0]},
    "real": {"y_true": RNG.normal(size=N), "y_pred": RNG.normal(size=N)},
}


def cut(kind: str, start: int, stop: int, by: bool = False) -> dict[str, Any]:
    batch: dict[str, Any] = {name: values[start:stop] for name, values in KINDS[kind].items()}
    return {**batch, "slices": {"region": REGION[start:stop]}} if by else batch


def filled(kind: str, cuts: list[int], by: bool = False, **options: Any) -> Evaluator:
    evaluator = Evaluator(**options)
    for start, stop in pairwise([0, *sorted(cuts), N]):
        evaluator.update(**cut(kind, start, stop, by))
    return evaluator


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.integers(0, N), max_size=6), st.booleans())
def test_how_rows_were_cut_does_not_matter(kind: str, cuts: list[int], by: bool) -> None:
    given_at_once = cut(kind, 0, N)
    truth = given_at_once.pop("y_true")
    expected = evalcli.evaluate(truth, by={"region": REGION} if by else None, **given_at_once)
    assert filled(kind, cuts, by).report() == expected


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, N), st.integers(0, N))
def test_parts_add_up(kind: str, one: int, other: int) -> None:
    first, last = sorted((one, other))
    parts = [Evaluator() for _ in range(3)]
    for part, (start, stop) in zip(parts, pairwise([0, first, last, N]), strict=True):
        part.update(**cut(kind, start, stop))
    whole = filled(kind, []).report()
    assert sum(parts).report() == whole  # type: ignore[union-attr]
    assert (parts[0] + (parts[1] + parts[2])).report() == whole
    sent = [Evaluator.from_bytes(part.to_bytes()) for part in parts]
    assert sum(sent).report() == whole  # type: ignore[union-attr]
    assert pickle.loads(pickle.dumps(sum(parts))).report() == whole
    assert parts[0].rows == first
    parts[0] += parts[1]
    assert parts[0].rows == last


def test_options_are_those_of_evaluate() -> None:
    options: dict[str, Any] = {"classes": [0, 1, 2], "metrics": ["f1_macro"], "no_intervals": True}
    found = filled("scores", [10], **options)
    assert found.compute() == {"f1_macro": float(evalcli.evaluate(CLASSES, SCORES)["f1_macro"])}
    assert Evaluator.from_bytes(found.to_bytes()).report() == found.report()


def test_a_batch_with_one_class_is_no_problem() -> None:
    evaluator = Evaluator(metrics="accuracy")
    for cls in range(3):
        rows = cls == CLASSES
        evaluator.update(y_true=CLASSES[rows], y_score=SCORES[rows])
    assert evaluator.compute()["accuracy"] == pytest.approx(np.mean(SCORES.argmax(axis=1) == CLASSES))


def test_batches_are_copied() -> None:
    truth, scores = CLASSES.copy(), SCORES.copy()
    evaluator = Evaluator(metrics="accuracy")
    evaluator.update(y_true=truth, y_score=scores)
    before = evaluator.compute()
    truth[:], scores[:] = 0, 0
    assert evaluator.compute() == before


def test_only_evaluators_are_added() -> None:
    with pytest.raises(TypeError):
        _ = Evaluator() + 3
    with pytest.raises(TypeError):
        _ = 3 + Evaluator()


def test_options_may_be_arrays_and_mappings() -> None:
    labels = {"y_true": np.eye(3, dtype=int)[CLASSES], "y_score": SCORES}
    evaluator = Evaluator(
        classes=["a", "b", "c"],
        task="multilabel",
        threshold={"a": np.float32(0.25), "b": 0.5},
        metrics="f1_macro",
    )
    evaluator.update(**labels)
    assert Evaluator.from_bytes(evaluator.to_bytes()).compute() == evaluator.compute()


def test_reset_forgets_all() -> None:
    evaluator = filled("scores", [])
    assert repr(evaluator) == "<Evaluator: 90 rows in 1 batches>"
    evaluator.reset()
    assert evaluator.rows == 0
    with pytest.raises(UsageError, match="no rows yet"):
        evaluator.report()
    evaluator.update(**cut("text", 0, 9))  # of another kind
    assert evaluator.rows == 9


def test_several_threads_may_update() -> None:
    evaluator = Evaluator()

    def work(start: int) -> None:
        for first in range(start, N, 9):
            evaluator.update(**cut("scores", first, first + 3))

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 3, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert evaluator.rows == N
    assert float(evaluator.report()["accuracy"]) == float(filled("scores", []).report()["accuracy"])


def test_different_options_are_named() -> None:
    one, other = Evaluator(bins=10), Evaluator(bins=15, seed=2)
    with pytest.raises(UsageError, match=r"bins: 10 and 15; seed: 0 and 2"):
        _ = one + other


@pytest.mark.parametrize(
    "batch",
    [
        {"y_true": CLASSES[:9]},
        {"y_true": CLASSES[:9], "y_score": SCORES[:8]},
        {"y_true": CLASSES[:9], "y_score": SCORES[:9, :2]},
        {"y_true": CLASSES[:9], "y_pred": CLASSES[:9]},
        {"y_true": CLASSES[:9], "y_score": SCORES[:9], "weight": np.ones(9)},
    ],
)
def test_batches_of_another_kind_are_refused(batch: dict[str, Any]) -> None:
    evaluator = filled("scores", [])
    with pytest.raises((InputError, TypeError)):
        evaluator.update(**batch)
    assert evaluator.rows == N


def test_options_are_checked_at_once() -> None:
    with pytest.raises(TypeError, match="mean metrics"):
        Evaluator(metric="f1")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="bins"):
        Evaluator(bins=0)


@pytest.mark.parametrize("data", [b"", b"nothing", pickle.dumps(3)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no evaluator"):
        Evaluator.from_bytes(data)


def test_a_later_version_is_refused() -> None:
    data = filled("scores", []).to_bytes()
    mark = f'"format": "{FORMAT}", "version": {VERSION}'.encode()
    assert mark in data
    with pytest.raises(InputError, match="later release"):
        Evaluator.from_bytes(data.replace(mark, mark[:-1] + b"9"))
