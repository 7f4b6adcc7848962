"""Intervals of areas under curves, from what each row adds to them."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.registry import Floats


def degrees_of_freedom(parts: Floats, rarer: Floats) -> float:
    """Degrees of freedom of a sum of areas (Satterthwaite, Biometrics Bulletin 2, 1946)."""
    variances = np.square(parts).sum(axis=1)
    total = float(variances.sum())
    return (
        total * total / float((variances * variances / (rarer - 1)).sum())
        if total
        else float(rarer.min() - 1)
    )
