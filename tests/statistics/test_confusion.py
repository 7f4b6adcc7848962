from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.statistics import Confusion, ConfusionCounts, LabelConfusion
from support.measuring import label_block, predicted_block


def test_counts_pass_two_to_the_twenty_four() -> None:
    """Where float32 counters stop."""
    state = ConfusionCounts(np.full((2, 2), 2**24, np.int64))
    assert (state + ConfusionCounts(np.eye(2, dtype=np.int64))).n == 2**26 + 2


def test_what_is_not_there_is_nothing() -> None:
    """Where every row is of one class, sums of weights leave no true negative over."""
    block = predicted_block([0, 0, 0], [3, 1, 2], 4, weight=np.array([84.99, 40.59, 19.18]))
    classes = Confusion().of(block).classes
    assert classes.tn.tolist() == pytest.approx([0.0, 84.99 + 19.18, 84.99 + 40.59, 40.59 + 19.18])
    assert classes.tn[0] == 0.0


@given(st.data())
def test_weighted_counts_are_exact(data: st.DataObject) -> None:
    """Weights far apart, against fractions: each count to the last digits, and nothing where nothing is."""
    k, n = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 12))
    index = st.lists(st.integers(0, k - 1), min_size=n, max_size=n)
    truth, predicted = np.array(data.draw(index)), np.array(data.draw(index))
    weights = st.floats(0.0, 1e12, allow_subnormal=False) | st.floats(1e-12, 1e-3)
    weight = np.array(data.draw(st.lists(weights, min_size=n, max_size=n)))
    found = Confusion().of(predicted_block(truth, predicted, k, weight=weight)).classes
    one_hot = (np.arange(k) == truth[:, None], np.arange(k) == predicted[:, None])
    sets = LabelConfusion().of(label_block(one_hot[0], one_hot[1].astype(float), weight=weight)).classes
    for cls in range(k):
        kinds = {"tp": (True, True), "fp": (False, True), "fn": (True, False), "tn": (False, False)}
        for name, kind in kinds.items():
            rows = zip(truth == cls, predicted == cls, weight.tolist(), strict=True)
            exact = float(sum(Fraction(w) for t, p, w in rows if (t, p) == kind))
            for state in (found, sets):
                assert getattr(state, name)[cls] == pytest.approx(exact, rel=1e-14, abs=0.0)


def test_squares_of_weights() -> None:
    block = predicted_block([0, 1, 1], [0, 1, 0], weight=np.array([2.0, 3.0, 0.5]))
    assert Confusion(squared=True).of(block).table.tolist() == [[4.0, 0.0], [0.25, 9.0]]
    plain = predicted_block([0, 1, 1], [0, 1, 0])
    assert Confusion(squared=True).of(plain).table.tolist() == [[1, 0], [1, 1]]
