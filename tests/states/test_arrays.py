from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evalcli.states.arrays import CodedArray, Layout, coded, decoded

TYPES = ["?", "i1", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
arrays = st.sampled_from(TYPES).flatmap(
    lambda kind: hnp.arrays(np.dtype(kind), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=90))
)


def same(array: Any) -> None:
    found = decoded(coded(array))
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert found.tobytes() == array.tobytes()


@given(arrays)
def test_every_array_is_decoded_to_its_bits(array: Any) -> None:
    same(array)
    same(np.sort(array.reshape(-1)))


@pytest.mark.parametrize(
    "values",
    [
        [-0.0, 0.0] * 50,
        [-np.inf] * 40 + [1.0] * 40 + [np.inf] * 40,
        [np.nan] * 100,
        [0.0] * 99 + [np.nan],
        np.linspace(-3, 3, 200).astype(np.float32),
        [-(2**63)] * 50 + [2**63 - 1] * 50,
    ],
)
def test_of_odd_values(values: Any) -> None:
    same(np.array(values))


def test_sorted_scores_take_few_bytes() -> None:
    """A score is worth some 10 bits in 100,000 sorted ones, whose differences are below 2 ** 14."""
    scores = np.sort(np.random.default_rng(0).random(100_000, np.float32))
    assert len(coded(scores).data) < 2.0 * len(scores) < scores.nbytes
    assert len(coded(np.zeros(100_000, np.int64)).data) < 200


def test_bytes_of_another_layout_are_refused() -> None:
    one = coded(np.arange(100))
    with pytest.raises((ValueError, OSError)):
        decoded(CodedArray(one.data, Layout("<i8", (99,))))
    with pytest.raises((ValueError, OSError)):
        decoded(CodedArray(one.data[:-3], one.layout))
