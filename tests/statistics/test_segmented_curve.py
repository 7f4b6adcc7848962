from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

from evalcli.statistics.curves import CurveSegment, curve_of_scores, map_segments
from evalcli.statistics.segmented_curve import SegmentedCurve
from evalcli.statistics.sorted_keys import keys_of

RNG = np.random.default_rng(21)


def segmented(p: np.ndarray, positive: np.ndarray, rows: int) -> SegmentedCurve:
    keys = np.sort(keys_of(p.copy(), positive))
    return SegmentedCurve(map_segments([keys], map, lambda part: part, rows))


def drawn(n: int, digits: int, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """With ``gap``, no row of the lowest and highest scores is positive: some segments have no point."""
    p = np.round(RNG.random(n), digits)
    positive = (RNG.random(n) < p) & (p > gap) & (p < 1 - gap)
    return p, positive


@pytest.mark.parametrize("digits", [1, 2, 6])
@pytest.mark.parametrize("gap", [0.0, 0.3])
def test_points_do_not_depend_on_the_segments(digits: int, gap: float) -> None:
    p, positive = drawn(2000, digits, gap)
    whole, parts = SegmentedCurve([curve_of_scores(p, positive)]), segmented(p, positive, 256)
    assert len(parts.parts) > 4
    assert parts.sums.doubled_concordant == whole.sums.doubled_concordant
    assert parts.equal_error_rate() == whole.equal_error_rate()
    for limit in (0.01, 0.3, 0.999):
        assert parts.partial_roc_auc(limit) == pytest.approx(whole.partial_roc_auc(limit), rel=1e-13)
        assert parts.partial_roc_auc(limit) == pytest.approx(roc_auc_score(positive, p, max_fpr=limit))
    precision, recall, _ = precision_recall_curve(positive, p)
    for least in (0.2, 1.0):
        best = parts.highest(lambda part, least=least: (part.precision, part.recall >= least))
        assert best[0] == precision[recall >= least].max()
    fpr, tpr, _ = roc_curve(positive, p, drop_intermediate=False)
    assert parts.largest(lambda part: float((part.recall - part.fpr).max())) == pytest.approx(
        max((tpr - fpr).max(), 0), abs=1e-15
    )


@pytest.mark.parametrize("rows", [1 << 18, 128])
def test_of_equal_values_the_highest_score_is_taken(rows: int) -> None:
    p = np.linspace(0, 1, 1001)
    curve = segmented(p, np.ones(1001, np.bool_), rows)
    assert curve.highest(lambda part: (part.precision, None)) == (1.0, 1.0)
    assert curve.highest(lambda part: (part.precision, part.scores < 0.5005))[1] == pytest.approx(0.5)
    assert curve.highest(lambda part: (part.precision, part.precision > 1)) == (0.0, np.inf)


def test_the_rates_are_equal_between_two_segments() -> None:
    """All positives score in the upper segment, all but few negatives below the lowest of them."""
    p = np.concatenate([np.linspace(0.0, 0.4, 500), np.linspace(0.6, 1.0, 500)])
    positive = np.arange(1000) >= 500
    positive[[0, 999]] = True, False
    parts = segmented(p, positive, 128)
    assert parts.equal_error_rate() == SegmentedCurve([curve_of_scores(p, positive)]).equal_error_rate()


@pytest.mark.parametrize("positives", [0, 40])
def test_one_class_has_no_points_or_no_area(positives: int) -> None:
    curve = segmented(RNG.random(40), np.arange(40) < positives, 128)
    assert np.isnan(curve.partial_roc_auc(0.1))
    assert curve.largest(lambda part: float(part.recall.max())) == (1.0 if positives else 0.0)


def test_a_segment_is_evaluated_on_the_threads_of_the_mapper() -> None:
    seen: list[CurveSegment] = []

    def mapper(function, items):  # type: ignore[no-untyped-def]
        kept = list(items)
        seen.extend(kept)
        return map(function, kept)

    keys = np.sort(keys_of(RNG.random(1000), RNG.random(1000) < 0.5))
    curve = SegmentedCurve(map_segments([keys], map, lambda part: part, 256), mapper)
    curve.largest(lambda part: float(part.recall.max()))
    assert len(seen) == len(curve.parts)
