from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import ScoreKind
from evalcli.statistics.ranked_rows import RankedRows
from support.curves import assert_same_curve


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=50))
def test_duels_are_counted_pair_by_pair(drawn: list[tuple[int, int]]) -> None:
    scores = np.array([place / 9 for place, _ in drawn], np.float32)
    classes = np.array([cls for _, cls in drawn])
    columns, runs = (0, 1, 2, 3), np.stack([scores, scores[::-1], 1 - scores, scores / 2])
    truths = (classes.astype(np.uint8),)
    ones = (np.ones(len(scores)),)
    states = (
        RankedRows(columns, ScoreKind.PROBABILITIES, (runs.copy(),), truths),
        RankedRows(columns, ScoreKind.RAW, (runs.copy(),), truths),
        RankedRows(columns, ScoreKind.PROBABILITIES, (runs.copy(),), truths, ones),
    )
    for row in columns:
        for state in states:
            one_vs_one = state.rank_one_vs_one(row)
            assert_same_curve(one_vs_one.curve, state.curve(row))
            for other in columns:
                gap = runs[row][classes == row][:, None] - runs[row][classes == other]
                assert other == row or one_vs_one.concordant[other] == 2 * (gap > 0).sum() + (gap == 0).sum()
