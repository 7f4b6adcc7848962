from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import classification_report as theirs

from evalcli.errors import UsageError
from evalcli.functional import classification_report

RNG = np.random.default_rng(2)
CODES, GUESSES = RNG.integers(0, 3, (2, 50))
NAMES = np.array(["ant", "a bee of some length", "cat"])
SETS, GUESSED = RNG.integers(0, 2, (2, 30, 3))


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((CODES, GUESSES), {}),
        ((NAMES[CODES], NAMES[GUESSES]), {}),
        ((CODES, GUESSES), {"target_names": ["a", "b", "c"], "digits": 4}),
        ((CODES, GUESSES), {"labels": [2, 0]}),
        ((CODES, GUESSES), {"sample_weight": RNG.random(50)}),
        ((CODES, np.zeros(50, int)), {"zero_division": 1.0}),
        ((SETS, GUESSED), {}),
    ],
)
def test_it_is_theirs(arguments: Any, options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = theirs(*arguments, output_dict=True, **options)
        text = theirs(*arguments, **options)
        found = classification_report(*arguments, output_dict=True, **options)
        own_text = classification_report(*arguments, **options)
    assert list(found) == list(expected)
    for name, row in expected.items():
        assert found[name] == pytest.approx(row, rel=1e-9), name
    if "sample_weight" not in options:
        assert own_text == text


def test_names_are_counted() -> None:
    with pytest.raises(UsageError, match="differ in number"):
        classification_report(CODES, GUESSES, target_names=["a"])
