from __future__ import annotations

import numpy as np

from evalcli.blocks import ClassBlock
from evalcli.engine.kept_rows import KeptRows
from evalcli.metrics.stacks import context_of
from evalcli.tasks import MULTICLASS, REGRESSION


def test_rows_are_kept_by_the_row_of_their_label() -> None:
    kept = KeptRows.of(4, context_of(MULTICLASS, 3), 1)
    scores = np.array([[0.7, 0.1], [0.2, 0.3], [0.1, 0.6]])
    kept.add(ClassBlock(np.array([0, 1]), scores, None, 3), np.array([2, 0]), [np.array([5, 6])])
    assert kept.scored.tolist() == [True, False, True, False]
    assert kept.slices[0].tolist() == [6, -1, 5, -1]
    assert kept.predicted is not None and kept.predicted[[2, 0]].tolist() == [0, 2]
    np.testing.assert_allclose(kept.sure(np.array([2, 0, 1])), [0.7, 0.6, np.nan], rtol=1e-6)


def test_without_classes_only_which_rows_there_are() -> None:
    kept = KeptRows.of(3, context_of(REGRESSION, 0), 0)
    assert kept.predicted is None
    assert np.isnan(kept.sure(np.array([0, 1]))).all()
