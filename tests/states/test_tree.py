from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import ScoreKind
from evalcli.report.provenance import InputFile
from evalcli.states.tree import Types, UnknownTypeError
from evalcli.tasks import BINARY, TASKS

TYPES = Types(["evalcli.report.provenance", "evalcli.blocks.base"])
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=5)
    | st.decimals(allow_nan=False)
    | st.sampled_from([*TASKS.values(), *ScoreKind])
    | st.builds(InputFile, st.text(max_size=5), st.none() | st.integers())
)
values = st.recursive(
    leaves,
    lambda some: (
        st.lists(some, max_size=3)
        | st.lists(some, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), some, max_size=3)
        | st.frozensets(st.text(max_size=3))
    ),
    max_leaves=8,
)


def back(value: Any) -> Any:
    arrays: list[Any] = []

    def keep(array: Any) -> int:
        arrays.append(array)
        return len(arrays) - 1

    return TYPES.value(TYPES.plain(value, keep), arrays)


def shown(value: Any) -> str:
    """Text that tells types and all bits of numbers; sets in order."""
    if isinstance(value, frozenset):
        return f"set {sorted(value)}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} {[shown(part) for part in value]}"
    if isinstance(value, dict):
        return f"dict {[(key, shown(part)) for key, part in value.items()]}"
    return repr(value)


@given(values)
def test_values_come_back(value: Any) -> None:
    assert shown(back(value)) == shown(value)


def test_scalars_of_numpy_keep_their_type() -> None:
    found = back((np.float64(1.5), np.float32(0.1), np.int8(3), float("nan"), -0.0))
    assert [type(value) for value in found] == [np.float64, np.float32, np.int8, float, float]
    assert math.copysign(1, found[-1]) == -1


def test_other_types_are_refused() -> None:
    with pytest.raises(UnknownTypeError, match="function is no part of a state"):
        back((test_values_come_back, test_scalars_of_numpy_keep_their_type))
    with pytest.raises(UnknownTypeError, match="'Odd' is no part of a state"):
        TYPES.value({"=": "Odd"}, [])
    with pytest.raises(KeyError):
        TYPES.value({"=": "task", "of": "clustering"}, [])
    with pytest.raises(ValueError, match="is not the number of an array"):
        TYPES.value({"=": "array", "at": -1}, [np.zeros(1)])
    assert back(BINARY) is BINARY
