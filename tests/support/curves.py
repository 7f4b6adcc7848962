from __future__ import annotations

import numpy as np

from evalcli.statistics import CurveSegment


def assert_same_curve(one: CurveSegment, other: CurveSegment) -> None:
    for name in CurveSegment.__struct_fields__:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
