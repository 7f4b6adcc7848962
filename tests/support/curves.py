from __future__ import annotations

from dataclasses import fields

import numpy as np

from evalcli.statistics import Stretch


def assert_same_curve(one: Stretch, other: Stretch) -> None:
    for field in fields(Stretch):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name
