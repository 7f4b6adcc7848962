from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evalcli.loaders.arrow_columns import numbers, valid


@given(st.lists(st.none() | st.integers(-5, 5), min_size=1), st.integers(0, 10))
def test_buffers_are_read_as_arrow_reads_them(drawn: list[int | None], start: int) -> None:
    for kind in (pa.int8(), pa.int64(), pa.float32(), pa.float64(), pa.bool_()):
        values = [None if v is None else v > 0 for v in drawn] if kind == pa.bool_() else drawn
        array = pa.array(values, kind)[start:]
        expected = [np.nan if v is None else float(v) for v in array.to_pylist()]
        np.testing.assert_array_equal(numbers(array).astype(np.float64), expected)
        assert valid(array).tolist() == [v is not None for v in array.to_pylist()]
