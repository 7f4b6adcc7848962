from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import class_likelihood_ratios as theirs

from evalcli.errors import EvalcliError
from evalcli.functional import class_likelihood_ratios
from evalcli.functional.given import Undefined

rows = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 5)), min_size=1, max_size=20)


@settings(max_examples=80, deadline=None)
@given(rows, st.booleans(), st.booleans(), st.sampled_from([None, [0, 1], [1, 0]]))
def test_ratios(drawn: list[tuple[bool, bool, int]], weighted: bool, text: bool, labels: Any) -> None:
    truth, predicted, weight = (np.array(column).astype(int) for column in zip(*drawn, strict=True))
    options: dict[str, Any] = {"sample_weight": weight / 3} if weighted else {}
    names = np.array(["no", "yes"])
    if text:
        truth, predicted = names[truth], names[predicted]
        labels = None if labels is None else names[labels].tolist()
    found = class_likelihood_ratios(truth, predicted, labels=labels, **options)
    if len({*truth, *predicted}) < 2:
        assert np.isnan(found[0])
        assert np.isnan(found[1])
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = theirs(truth, predicted, labels=labels, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_undefined() -> None:
    plus, minus = class_likelihood_ratios([0, 0, 1, 1], [0, 0, 1, 0])
    assert np.isnan(plus)
    assert minus == 0.5
    with pytest.raises(Undefined, match="no false positive"):
        class_likelihood_ratios([0, 0, 1, 1], [0, 0, 1, 0], undefined="raise")


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [(([0, 1, 2], [0, 1, 2]), None), (([0, 1], [0, 1]), [0, 1, 2]), (([[0, 1]], [[0, 1]]), None)],
)
def test_what_is_wrong_is_said(arguments: Any, labels: Any) -> None:
    with pytest.raises(EvalcliError, match="two classes"):
        class_likelihood_ratios(*arguments, labels=labels)
