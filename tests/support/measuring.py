from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace

from evalcli.blocks import Block, ClassBlock, LabelSetBlock, RealBlock
from evalcli.engine.plan import Wanted, plan
from evalcli.metrics import Context, MetricValue, Summary, compute
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION


def measure(name: str, block: Block, **more: Any) -> MetricValue:
    """One metric of the rows of one block; ``more``: what the study has besides."""
    if isinstance(block, ClassBlock):
        task = MULTICLASS if block.positive is None else BINARY
        context = Context(task, tuple("abcdefgh"[: block.k]), block.positive)
    elif isinstance(block, LabelSetBlock):
        context = Context(MULTILABEL, tuple("abcdefgh"[: block.k]))
    else:
        context = Context(REGRESSION, quantiles=block.levels)
    context = replace(context, weighted=block.weight is not None, **more)
    found = plan(context, Wanted((name,), per_class=False, confidence=None))
    (request,) = found.requests
    return compute(request, Summary(found.context, finished_states(reduce(block, found.statistics))))


def value_of(name: str, block: Block, **more: Any) -> float:
    value = measure(name, block, **more).value
    assert value is not None, name
    return value


def binary_block(truth: Any, scores: Any, **more: Any) -> ClassBlock:
    """Rows with a score of the positive class, which is the second."""
    scores = np.asarray(scores, np.float64)[None, :]
    return ClassBlock(np.asarray(truth, np.intp), scores, None, 2, positive=1, **more)


def predicted_block(truth: Any, predicted: Any, k: int = 2, **more: Any) -> ClassBlock:
    """Rows with a predicted class and no scores; binary where there are two classes."""
    positive = 1 if k == 2 else None
    return ClassBlock(
        np.asarray(truth, np.intp), None, np.asarray(predicted, np.intp), k, positive=positive, **more
    )


def class_block(truth: Any, scores: Any, **more: Any) -> ClassBlock:
    """Rows with a score of each class, a row of the table for each."""
    by_class = np.ascontiguousarray(np.asarray(scores, np.float64).T)
    return ClassBlock(np.asarray(truth, np.intp), by_class, None, len(by_class), **more)


def label_block(truth: Any, scores: Any, **more: Any) -> LabelSetBlock:
    """Rows of label sets, a row of the table for each."""
    return LabelSetBlock(
        np.ascontiguousarray(np.asarray(truth, np.bool_).T),
        np.ascontiguousarray(np.asarray(scores, np.float64).T),
        **more,
    )


def positive_rows(rng: np.random.Generator, n: int) -> tuple[Any, Any, Any]:
    """True and predicted numbers above 0, so that every loss is defined, and weights of 1 to 3."""
    truth = rng.gamma(2.0, size=n) + 0.1
    guess = truth * rng.gamma(9.0, 1 / 9, n) + 0.01
    return truth, guess, rng.integers(1, 4, n).astype(float)


def real_block(truth: Any, predicted: Any, **more: Any) -> RealBlock:
    """Rows of one true and one predicted number."""
    truth = np.asarray(truth, np.float64)
    return RealBlock(truth, np.asarray(predicted, np.float64), np.empty((0, len(truth))), **more)
