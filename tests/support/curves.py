from __future__ import annotations

from dataclasses import fields

import numpy as np

from evalcli.statistics import CurveSegment


def assert_same_curve(one: CurveSegment, other: CurveSegment) -> None:
    for field in fields(CurveSegment):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name
