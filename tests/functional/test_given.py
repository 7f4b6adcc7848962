from __future__ import annotations

import numpy as np
import pytest

from evalcli.errors import InputError, UsageError
from evalcli.functional.given import Undefined, defined, indexed, labels_of, weight_of


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [
        ([3, 1, 1], [1, 3, 7]),
        ([0, 1], [1, 0]),
        ([-5, 10**9], [10**9, -5]),
        (["b", "a"], ["a", "c"]),
        ([True, False], [True, True]),
        (np.array([2, 1], np.uint8), np.array([1, 2], np.int64)),
        ([1.0, 2.0], [2.0, 1.0]),
    ],
)
def test_indices_are_those_of_the_sorted_values(truth: list[object], predicted: list[object]) -> None:
    values, *codes = indexed(np.asarray(truth), np.asarray(predicted))
    expected = np.unique(np.concatenate([truth, predicted]))
    assert values.tolist() == expected.tolist()
    for given, found in zip((truth, predicted), codes, strict=True):
        assert expected[found].tolist() == list(np.asarray(given, expected.dtype))


def test_indices_of_labels() -> None:
    labels = labels_of(["b", "a"], ["a", "a"])
    assert labels.indices(["a", "b", "z"]) == [0, 1, -1]
    assert labels_of([1, 2], [2, 2]).indices([np.int64(2), 1, 9]) == [1, 0, -1]


@pytest.mark.parametrize(
    "weight", [[1.0, -1.0], [1.0, np.nan], [[1.0], [1.0, 2.0]], ["a", "b"], np.ones((2, 2))]
)
def test_weights_that_are_none(weight: object) -> None:
    with pytest.raises(InputError):
        weight_of(weight)


def test_undefined() -> None:
    assert defined(1.0, None, "nan") == 1.0
    assert np.isnan(defined(None, "why", "nan"))
    with pytest.raises(Undefined, match="why"):
        defined(np.nan, "why", "raise")
    with pytest.raises(UsageError):
        defined(1.0, None, "zero")
