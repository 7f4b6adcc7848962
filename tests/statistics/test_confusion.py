from __future__ import annotations

import numpy as np

from evalcli.statistics import ConfusionCounts


def test_counts_pass_two_to_the_twenty_four() -> None:
    """Where float32 counters stop."""
    state = ConfusionCounts(np.full((2, 2), 2**24, np.int64))
    assert (state + ConfusionCounts(np.eye(2, dtype=np.int64))).n == 2**26 + 2
