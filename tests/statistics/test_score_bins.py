from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import ScoreKind
from evalcli.blocks.base import sigmoid
from evalcli.statistics.curves import curve_of_scores
from evalcli.statistics.score_bins import (
    BINS,
    LAST,
    BinCounts,
    area_bounds,
    bins_of,
    bounds_of_average_precision,
    bounds_of_roc_auc,
    curve_of_bins,
    digamma,
    edges,
)

KINDS = list(ScoreKind)


def drawn(kind: ScoreKind, spread: float, dtype: Any, n: int = 4000) -> tuple[Any, Any]:
    """Scores from tame to saturated, with ties, and which rows are positive."""
    rng = np.random.default_rng(int(spread * 10) + KINDS.index(kind))
    positive = rng.random(n) < 0.3
    z = np.round(rng.normal(size=n) * spread + 1.5 * spread * positive, 2)
    scores = {
        ScoreKind.PROBABILITIES: sigmoid(z),
        ScoreKind.LOG_PROBABILITIES: -np.logaddexp(0.0, -z),
        ScoreKind.LOGITS: z,
        ScoreKind.RAW: z * 100 - 3,
    }[kind]
    return scores.astype(dtype), positive


def as_edges(scores: Any, kind: ScoreKind) -> Any:
    if kind is ScoreKind.LOGITS:
        return sigmoid(scores)
    return (
        np.exp(scores.astype(np.float64))
        if kind is ScoreKind.LOG_PROBABILITIES
        else scores.astype(np.float64)
    )


@pytest.mark.parametrize("spread", [0.5, 3.0, 30.0, 90.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_bins_are_in_the_order_of_the_scores(kind: ScoreKind, dtype: Any, spread: float) -> None:
    scores = np.sort(drawn(kind, spread, dtype)[0])
    places = bins_of(scores, kind).astype(int)
    assert (np.diff(places) >= 0).all()
    assert (bins_of(scores[None], kind) == places).all()
    lowest, p = edges(kind), as_edges(scores, kind)
    assert (np.diff(lowest[np.isfinite(lowest)]) > 0).all() or kind is ScoreKind.RAW
    assert (lowest[places] <= p * (1 + 1e-6) + 1e-300).all() or kind is ScoreKind.RAW
    inner = places < BINS - 1
    assert (p[inner] <= lowest[places[inner] + 1] * (1 + 1e-6) + 1e-300).all() or kind is ScoreKind.RAW


def test_ends_have_bins_of_their_own() -> None:
    odd = np.array([0, 1e-45, 0.5, 1 - 2**-24, 1, 1.0000001], np.float32)
    assert bins_of(odd, ScoreKind.PROBABILITIES).tolist() == [0, 1, 44801, LAST - 1, LAST, LAST]
    odd = np.array([-np.inf, -1.0, -0.0, 0.0, 1.0, np.inf])
    places = bins_of(odd, ScoreKind.RAW).tolist()
    assert places == sorted(places)
    assert places[2] == places[3]
    assert edges(ScoreKind.RAW)[places[4]] == 1.0


@pytest.mark.parametrize("spread", [0.5, 3.0, 30.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_bounds_hold_the_exact_areas(kind: ScoreKind, dtype: Any, spread: float) -> None:
    scores, positive = drawn(kind, spread, dtype)
    exact = curve_of_scores(scores.copy(), positive, None).sums
    counts = BinCounts.of(scores[None], positive[None], kind).of_bins[0]
    sums = curve_of_bins(counts, kind).sums
    ends = area_bounds(counts, kind)
    for (low, high), value, tied in zip(
        ends,
        (exact.roc_auc, exact.average_precision),
        (sums.roc_auc, sums.average_precision),
        strict=True,
    ):
        assert low - 1e-12 <= value <= high + 1e-12
        assert low - 1e-12 <= tied <= high + 1e-12
    if spread < 10:  # beyond float32, scores near 1 are told apart no more
        assert ends[0][1] - ends[0][0] < (0.05 if kind is ScoreKind.RAW else 5e-3)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=4), st.data())
def test_bounds_are_those_of_the_best_and_the_worst_order(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Positives tied above the negatives of every bin, or each below them, reach them; others are between."""

    def apart(rows: int, step: float) -> Any:
        return np.arange(rows) * step

    counts = np.array(pairs)
    if not counts[:, 0].sum() or not counts[:, 1].sum():
        return
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    found = []
    for within, step in (
        (lambda of: of, 0.0),
        (lambda of: -of, 1e-3),
        (lambda of: rng.random(len(of)) * 2 - 1, 0.0),
    ):
        parts = [
            (
                place + 0.25 * within(np.repeat([-1.0, 1.0], row)) + apart(sum(row), step),
                np.repeat([False, True], row),
            )
            for place, row in enumerate(counts)
        ]
        scores, positive = (np.concatenate(part) for part in zip(*parts, strict=True))
        sums = curve_of_scores(scores, positive, None).sums
        found.append((sums.roc_auc, sums.average_precision))
    for place, (low, high) in enumerate(
        area_bounds(counts, ScoreKind.RAW) if len(counts) == BINS else _of(counts)
    ):
        best, worst, other = (values[place] for values in found)
        assert (low, high) == pytest.approx((worst, best), abs=1e-12)
        assert low - 1e-12 <= other <= high + 1e-12


def _of(counts: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    exact = np.zeros(len(counts), np.bool_)
    return bounds_of_roc_auc(counts, exact), bounds_of_average_precision(counts, exact)


def test_counts_add_whatever_the_parts() -> None:
    scores, positive = drawn(ScoreKind.PROBABILITIES, 3.0, np.float32, 1_000_000)
    whole = BinCounts.of(scores[None], positive[None], ScoreKind.PROBABILITIES)
    cuts = [0, 10, 300_000, 300_000, 700_000, 1_000_000]
    parts = [
        BinCounts.of(scores[None, a:b], positive[None, a:b], ScoreKind.PROBABILITIES)
        for a, b in pairwise(cuts)
    ]
    total = sum(parts)
    assert isinstance(total, BinCounts)
    np.testing.assert_array_equal(total.of_bins, whole.of_bins)
    assert sum(part.shape[1] for part in total.held) <= 1 << 18
    assert total.of_bins.sum() == 1_000_000


def test_digamma() -> None:
    """The harmonic numbers: ψ(n + 1) = H(n) - γ."""
    n = np.array([1, 2, 10, 100, 10_000])
    harmonic = [sum(1 / i for i in range(1, k + 1)) for k in n]
    np.testing.assert_allclose(digamma(n + 1.0), np.array(harmonic) - np.euler_gamma, rtol=1e-13)


def test_bounds_of_billions_of_rows_do_not_cancel() -> None:
    """As the mean of the first and the last precision, of which the others are hardly different."""
    counts = np.array([[0, 100], [3_000_000_000, 5_000_000]])
    low, high = _of(counts)[1]
    t, f = 5e6, 3e9
    of_last = np.array([(t + i) / (t + i + f) for i in range(1, 101)]).sum()
    upper = t * t / (t + f)
    assert low == pytest.approx((of_last + _worst(f, t)) / (t + 100), rel=1e-12)
    assert high == pytest.approx((100 * (t + 100) / (t + 100 + f) + t) / (t + 100), rel=1e-12)
    assert upper < t


def _worst(f: float, t: float) -> float:
    i = np.arange(1, int(t) + 1, dtype=np.longdouble)
    return float((i / (i + f)).sum())
