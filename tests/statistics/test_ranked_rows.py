from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import Array, ScoreKind, ScoreStore
from evalcli.cached import cached_property
from evalcli.statistics import ranked_rows
from evalcli.statistics.ranked_rows import RankedRows
from evalcli.statistics.sorted_keys import keys_of
from support.curves import assert_same_curve

RNG = np.random.default_rng(5)
SCORES, TRUTH, WEIGHT = np.round(RNG.random((3, 90)), 2), RNG.integers(0, 3, 90), RNG.random(90)
CUTS = (slice(0, 40), slice(40, 40), slice(40, 90))


def parts(*weights: Array) -> RankedRows:
    """Classes, in three parts, one of them empty."""
    runs, truths = (tuple(array[..., cut] for cut in CUTS) for array in (SCORES, TRUTH))
    given = tuple(weight[cut] for weight in weights for cut in CUTS)
    return RankedRows((0, 1, 2), ScoreKind.RAW, runs, truths, given)


def test_parts_are_one_array_of_rows() -> None:
    rows = parts(WEIGHT)
    assert rows.n == 90
    for row in range(3):
        assert (rows.scores(row) == SCORES[row]).all()
        assert (rows.positive(row) == (row == TRUTH)).all()
        assert rows.weight_of(row) is not None
        assert (rows.weight_of(row) == WEIGHT).all()
    assert parts().weight_of(0) is None


def test_some_rows_of_several_parts() -> None:
    positions = np.array([0, 3, 39, 40, 41, 89])
    for row in range(3):
        scores, positive = parts().scores_at(row, positions)
        assert (scores == SCORES[row, positions]).all()
        assert (positive == (TRUTH[positions] == row)).all()


def test_each_label_has_its_own_rows() -> None:
    known = [np.arange(90) % (row + 2) > 0 for row in range(3)]
    runs, truths, weights = (
        (tuple(array[row][known[row]] for row in range(3)),)
        for array in (SCORES, np.stack([row == TRUTH for row in range(3)]), np.stack([WEIGHT] * 3))
    )
    rows = RankedRows((0, 1, 2), ScoreKind.RAW, runs, truths, weights)
    assert rows.has_gaps
    for row in range(3):
        own = known[row]
        alone = RankedRows((row,), rows.kind, (SCORES[row : row + 1, own],), (TRUTH[own],), (WEIGHT[own],))
        assert_same_curve(rows.curve(row), alone.curve(0))
    with pytest.raises(ValueError, match="labels are missing"):
        _ = rows.n


def test_rows_of_all_classes_are_pooled() -> None:
    pooled = RankedRows(
        (1,), ScoreKind.RAW, (SCORES.reshape(1, -1),), (np.concatenate([row == TRUTH for row in range(3)]),)
    )
    assert_same_curve(parts().pooled(), pooled.curve(0))
    assert_same_curve(parts(np.ones(90)).pooled(), pooled.curve(0))


def test_nothing_is_cached() -> None:
    """So that threads can share the rows."""
    assert not [name for name, value in vars(RankedRows).items() if isinstance(value, cached_property)]


def test_scores_become_keys_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    store = ScoreStore.of(3, 50, np.dtype(np.float32))
    truth = rng.integers(0, 3, 50).astype(np.int8)
    store.scores[...] = rng.random((3, 50)).round(1)
    expected = [np.sort(keys_of(store.scores[row].copy(), truth == row)) for row in range(3)]
    monkeypatch.setattr(ranked_rows, "PART", 7)
    monkeypatch.setattr(ranked_rows, "FEW", 1)
    parts = [(store.part(at, 10), truth[at : at + 10]) for at in range(0, 50, 10)]
    rows = RankedRows((0, 1, 2), ScoreKind.PROBABILITIES, store=store)
    for part, labels in parts:
        rows = rows + RankedRows((0, 1, 2), ScoreKind.PROBABILITIES, (part,), (labels,), store=store)
    whole = rows.side_by_side()
    assert whole.overwritten
    for row in range(3):
        np.testing.assert_array_equal(whole.keys(row), expected[row])
