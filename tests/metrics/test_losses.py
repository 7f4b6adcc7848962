from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import sklearn.metrics as sk

from evalcli.blocks import ScoreKind
from support.measuring import binary_block, class_block, label_block, measure, value_of

ROWS = [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.125, 0.125, 0.75]]


def test_two_classes_by_hand() -> None:
    block = binary_block([1, 0], [0.5, 0.75])
    assert value_of("log_loss", block) == pytest.approx(1.5 * math.log(2))
    assert value_of("brier", block) == pytest.approx((0.25 + 0.5625) / 2)


def test_several_classes_by_hand() -> None:
    block = class_block([0, 2, 2], ROWS)
    assert value_of("log_loss", block) == pytest.approx((3 * math.log(2) - math.log(0.75)) / 3)
    assert value_of("brier", block) == pytest.approx((0.375 + 0.875 + 0.09375) / 3)


def test_labels_by_hand() -> None:
    block = label_block([[1, 0], [0, 0]], [[0.5, 0.5], [0.75, 0.5]])
    assert value_of("log_loss", block) == pytest.approx(5 * math.log(2) / 4)
    assert value_of("brier", block) == pytest.approx((0.25 + 0.25 + 0.5625 + 0.25) / 4)


def test_skill_against_the_shares_by_hand() -> None:
    """Shares of a half: a log loss of ln 2 and a Brier score of a quarter by chance."""
    block = binary_block([1, 0], [0.75, 0.25])
    assert value_of("d2_log_loss", block) == pytest.approx(1 + math.log(0.75) / math.log(2))
    assert value_of("brier_skill", block) == pytest.approx(1 - 0.0625 / 0.25)


def test_skill_as_scikit_learn_has_it() -> None:
    rng = np.random.default_rng(1)
    truth, p, weight = rng.integers(0, 3, 40), rng.dirichlet([1, 1, 1], 40), rng.random(40)
    block = class_block(truth, p, weight=weight)
    expected = sk.d2_log_loss_score(truth, p, sample_weight=weight)
    assert value_of("d2_log_loss", block) == pytest.approx(expected)


def test_always_giving_the_shares_has_no_skill() -> None:
    block = class_block([0, 1, 2, 2], [[0.25, 0.25, 0.5]] * 4)
    assert value_of("d2_log_loss", block) == pytest.approx(0.0, abs=1e-12)
    assert value_of("brier_skill", block) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", ["d2_log_loss", "brier_skill"])
def test_one_class_has_no_skill(name: str) -> None:
    for block in (binary_block([1, 1], [0.5, 0.75]), class_block([2, 2, 2], ROWS)):
        found = measure(name, block)
        assert (found.value, found.reason) == (None, "the labels contain one class only")


@pytest.mark.parametrize("name", ["log_loss", "brier", "d2_log_loss"])
def test_raw_scores_have_no_loss(name: str) -> None:
    block = binary_block([1, 0], [3.0, -2.0], kind=ScoreKind.RAW)
    found = measure(name, block, available=frozenset({"scores"}))
    assert found.value is None
    assert "probabilities" in str(found.reason)
    assert "scores" in str(measure(name, block, available=frozenset()).reason)


@pytest.mark.parametrize("share", [1e-3, 1e-9, 1e-14])
def test_skill_keeps_its_digits_where_one_class_is_nearly_all(share: float) -> None:
    block = binary_block([1, 0, 0], [0.9, 0.2, 0.4], weight=np.array([share, 0.25, 0.75]))
    with mpmath.workdps(40):
        s = mpmath.mpf(share) / (1 + mpmath.mpf(share))
        weights = [mpmath.mpf(w) for w in (share, 0.25, 0.75)]
        right = [mpmath.mpf(0.9), 1 - mpmath.mpf(0.2), 1 - mpmath.mpf(0.4)]  # probabilities of the true class
        mean = sum(w * (1 - p) ** 2 for w, p in zip(weights, right, strict=True)) / sum(weights)
        log_loss = -sum(w * mpmath.log(p) for w, p in zip(weights, right, strict=True)) / sum(weights)
        skill = float(1 - mean / (s * (1 - s)))
        d2 = float(1 - log_loss / -(s * mpmath.log(s) + (1 - s) * mpmath.log(1 - s)))
    assert value_of("brier_skill", block) == pytest.approx(skill, rel=1e-13)
    assert value_of("d2_log_loss", block) == pytest.approx(d2, rel=1e-13)
