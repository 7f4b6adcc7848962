from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import RealBlock
from evalcli.functional.measured import measure, value
from evalcli.metrics import Context
from evalcli.tasks import REGRESSION

BLOCK = RealBlock(np.array([1.0, 2.0]), np.array([1.5, 2.0]), np.empty((0, 2)))


def test_a_metric_by_its_name() -> None:
    assert value("mae", BLOCK, Context(REGRESSION), "nan") == 0.25
    assert value("pearson", BLOCK, Context(REGRESSION), "nan") == pytest.approx(1.0)


def test_a_reason_in_place_of_a_value() -> None:
    constant = RealBlock(np.ones(2), np.ones(2), np.empty((0, 2)))
    found = measure("r2", constant, Context(REGRESSION))
    assert found.value is None
    assert found.reason
