"""Checks for metrics of one's own: the laws that every statistic and its states have to keep."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import cast

import numpy as np
from msgspec.structs import asdict, replace

from evalcli.blocks import Array, Block, ClassBlock, LabelSetBlock, RealBlock, ScoreKind, take_rows
from evalcli.statistics import Moments, State, Statistic
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, Task

CLOSE = 1e-9
"""Largest relative difference of sums in another order."""
CLASSES_MADE, ROWS, LONGEST = 3, 240, 80
CUTS = ((0,), (ROWS,), (1,), (ROWS // 2,), (7, 7, 40), tuple(range(20, ROWS, 20)))
"""Where a block is cut: into a part without rows and all of them, into few and into many parts."""


def check_state_laws(statistic: object, task: Task, *, seed: int = 0, weights: bool = True) -> None:
    """Check that the states of a statistic add as those of evalcli do; an ``AssertionError`` names the law.

    Parts of any size add up to the whole; ``+`` is associative and commutative, and a part without rows is
    neutral; ``sum(parts)`` works; equal statistics are one; states can be pickled; blocks are not changed; a
    row of weight 2 counts as two, and of weight 0 as none. It is tried on made data of a task.
    ``weights``: whether the statistic is for weighted rows, too.
    """
    checked = cast("Statistic[Block, State[object]]", statistic)
    again = copy.deepcopy(checked)
    assert again == checked and hash(again) == hash(checked), (
        "equal statistics are one: a frozen Struct or dataclass"
    )
    for number in range(4):
        block = made_block(task, np.random.default_rng([seed, number]), weights=weights and number % 2 == 1)
        _check(checked, block)
    if weights:
        _check_weights(checked, made_block(task, np.random.default_rng(seed)))


def _check_weights(statistic: Statistic[Block, State[object]], block: Block) -> None:
    times = np.random.default_rng(0).integers(0, 3, ROWS)
    weighted = replace(cast(RealBlock, block), weight=times.astype(np.float64))
    repeated = replace(
        cast(RealBlock, take_rows(block, np.repeat(np.arange(ROWS), times))), weight=np.ones(int(times.sum()))
    )
    law = "a row of weight 2 counts as two rows, and of weight 0 as none"
    _same(statistic.of(weighted), statistic.of(repeated), law)


def made_block(task: Task, rng: np.random.Generator, *, weights: bool = False) -> Block:
    """Made data of a task, 240 rows with all classes, ties and certain scores among them."""
    weight = np.where(rng.random(ROWS) < 0.2, 0.0, rng.integers(1, 9, ROWS) / 2) if weights else None
    steps = np.round(rng.random((CLASSES_MADE, ROWS)), 1)
    if task == REGRESSION:
        truth, levels = rng.normal(0.0, 2.0, ROWS), (0.1, 0.5, 0.9)
        predicted = truth + np.round(rng.normal(size=ROWS), 1)
        return RealBlock(truth, predicted, predicted + np.array([[-1.0], [0.0], [1.0]]), levels, weight)
    if task == MULTILABEL:
        return LabelSetBlock(rng.random((CLASSES_MADE, ROWS)) < 0.4, steps, weight=weight)
    if task == BINARY:
        return ClassBlock(
            rng.integers(0, 2, ROWS), steps[:1], None, 2, ScoreKind.PROBABILITIES, 1, weight=weight
        )
    if task != MULTICLASS:
        raise ValueError(f"{task!r} is no task: BINARY, MULTICLASS, MULTILABEL or REGRESSION")
    scores = (steps + 0.1) / (steps + 0.1).sum(axis=0)
    return ClassBlock(rng.integers(0, CLASSES_MADE, ROWS), scores, None, CLASSES_MADE, weight=weight)


def _check(statistic: Statistic[Block, State[object]], block: Block) -> None:
    untouched = copy.deepcopy(cast(RealBlock, block))
    whole = statistic.of(block)
    for name, before in asdict(untouched).items():
        if isinstance(before, np.ndarray):
            assert np.array_equal(before, getattr(block, name)), f"a block is not changed ({name})"
    for cuts in CUTS:
        ends = [0, *cuts, ROWS]
        parts = [statistic.of(_rows(block, *pair)) for pair in pairwise(ends)]
        _same(reduce(add, parts), whole, f"parts of {np.diff(ends).tolist()} rows add up to the whole")
        _same(sum(parts, start=cast(State[object], 0)), whole, "sum(parts) adds them: inherit Summable")
    a, b, c = (statistic.of(_rows(block, *pair)) for pair in ((0, 11), (11, 30), (30, ROWS)))
    nothing = statistic.of(_rows(block, 0, 0))
    _same((a + b) + c, a + (b + c), "+ is associative")
    _same(a + b, b + a, "+ is commutative")
    _same(a + nothing, a, "a part without rows changes nothing")
    _same(nothing + a, a, "a part without rows changes nothing")
    _same(pickle.loads(pickle.dumps(whole)), whole, "states can be pickled")


def _rows(block: Block, start: int, end: int) -> Block:
    """Some of a block's rows, without what was derived from others."""
    rows = slice(start, end)
    arrays = {
        name: np.ascontiguousarray(value[..., rows])
        for name, value in asdict(cast(RealBlock, block)).items()
        if isinstance(value, np.ndarray)
    }
    return replace(cast(RealBlock, block), **arrays)


def _same(left: State[object], right: State[object], law: str) -> None:
    """Finished forms are equal, up to the rounding of sums."""
    _equal(left.finalize(map), right.finalize(map), law)


def _brief(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _equal(left: object, right: object, law: str) -> None:
    assert type(left) is type(right), f"{law}: {type(left).__name__} and {type(right).__name__}"
    if (
        isinstance(left, tuple)
        and left
        and all(isinstance(run, np.ndarray) and run.ndim == 1 for run in left)
    ):
        one, two = (np.sort(np.concatenate(cast("tuple[Array, ...]", part))) for part in (left, right))
        _equal(one, two, f"{law}, rows in any order")
    elif isinstance(left, (list, tuple)):
        parts = cast("Sequence[object]", right)
        assert len(left) == len(parts), f"{law}: {_brief(left)} and {_brief(right)}"
        for one, other in zip(left, parts, strict=True):
            _equal(one, other, law)
    elif hasattr(left, "__struct_fields__") or hasattr(left, "__dataclass_fields__"):
        names = getattr(left, "__struct_fields__", None) or tuple(getattr(left, "__dataclass_fields__", ()))
        for name in names:
            if name != "compensation" or not isinstance(left, Moments):  # what the order of sums changes
                _equal(getattr(left, name), getattr(right, name), f"{law} ({name})")
    elif isinstance(left, Mapping):
        others = cast("Mapping[object, object]", right)
        assert set(left) == set(others), f"{law}: {sorted(map(str, left))} and {sorted(map(str, others))}"
        for key, value in left.items():
            _equal(value, others[key], f"{law} ({key})")
    elif isinstance(left, (np.ndarray, float, int, np.number)):
        one, two = np.asarray(left), np.asarray(right)
        assert not (one.size and np.isnan(one).all()), f"{law}: all numbers are NaN"
        close = one.shape == two.shape and np.allclose(one, two, CLOSE, CLOSE, equal_nan=True)
        assert close, f"{law}: {_brief(left)} and {_brief(right)}"
    else:
        assert left == right, f"{law}: {_brief(left)} and {_brief(right)}"


__all__ = ["check_state_laws", "made_block"]
