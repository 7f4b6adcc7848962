"""Numbers come from a plan and states alone: arrays cut by hand give what the files give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce as fold
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalcli.blocks import Block, ClassBlock, LabelSetBlock, RealBlock, ScoreKind
from evalcli.blocks.row_hashes import hash_rows
from evalcli.engine.compose import compose
from evalcli.engine.plan import Plan, Wanted, plan
from evalcli.engine.result import pass_result
from evalcli.engine.run import rows_sampled
from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.inputs.pieces import block_rows
from evalcli.metrics import Context
from evalcli.report.provenance import Provenance
from evalcli.report.report import Report
from evalcli.report.score import Score
from evalcli.statistics import RowSample
from evalcli.statistics.base import States, added, reduce
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION

ROWS = 200_000
"""Some pieces of every kind."""
Make = Callable[[slice], Block]
Case = tuple[Options, Context, Make, int]
"""How files are scored, what of, how rows of it become a block, and scores per row."""


def row_hashes(rows: slice) -> Any:
    """What rows are drawn by, of each row alone."""
    of_rows = hash_rows(np.arange(rows.start, rows.stop), 0)
    return np.stack([of_rows, of_rows])


def binary(rng: np.random.Generator, folder: Path, weighted: bool = False) -> Case:
    p = rng.random(ROWS)
    y = (rng.random(ROWS) < p).astype(int)
    weight = rng.random(ROWS) + 0.5 if weighted else None
    table = pd.DataFrame({"label": y, "prob": p})
    if weight is not None:
        table["sample_weight"] = weight
    table.to_parquet(folder / "p.parquet")

    def make(rows: slice) -> Block:
        own = None if weight is None else weight[rows]
        return ClassBlock(
            y[rows],
            p[None, rows].copy(),
            None,
            2,
            positive=1,
            eps=2.0**-52,
            weight=own,
            row_hashes=row_hashes(rows),
        )

    return Options(str(folder / "p.parquet")), Context(BINARY, ("0", "1"), 1, weighted=weighted), make, 1


def weighted(rng: np.random.Generator, folder: Path) -> Case:
    return binary(rng, folder, weighted=True)


def multiclass(rng: np.random.Generator, folder: Path) -> Case:
    z = rng.normal(size=(3, ROWS)).astype(np.float32)
    y = np.argmax(z + rng.gumbel(size=z.shape), axis=0)
    names = ("a", "b", "c")
    columns = {f"logit_{name}": row for name, row in zip(names, z, strict=True)}
    pd.DataFrame({"label": np.array(names)[y], **columns}).to_parquet(folder / "p.parquet")

    def make(rows: slice) -> Block:
        scores = np.ascontiguousarray(z[:, rows])
        return ClassBlock(
            y[rows], scores, None, 3, ScoreKind.LOGITS, eps=2.0**-23, row_hashes=row_hashes(rows)
        )

    return Options(str(folder / "p.parquet")), Context(MULTICLASS, names), make, 3


def multilabel(rng: np.random.Generator, folder: Path) -> Case:
    p = rng.random((4, ROWS))
    y = rng.random((4, ROWS)) < p
    names = tuple("abcd")
    columns = {f"label_{name}": row.astype(int) for name, row in zip(names, y, strict=True)}
    columns |= {f"prob_{name}": row for name, row in zip(names, p, strict=True)}
    pd.DataFrame(columns).to_parquet(folder / "p.parquet")

    def make(rows: slice) -> Block:
        return LabelSetBlock(
            y[:, rows], np.ascontiguousarray(p[:, rows]), eps=2.0**-52, row_hashes=row_hashes(rows)
        )

    options = Options(str(folder / "p.parquet"), label_cols=("label_*",), score_cols=("prob_*",))
    return options, Context(MULTILABEL, names), make, 4


def regression(rng: np.random.Generator, folder: Path) -> Case:
    y = rng.normal(size=ROWS) * 10 + 50
    p = y + rng.normal(size=ROWS)
    pd.DataFrame({"target": y, "prediction": p}).to_parquet(folder / "p.parquet")

    def make(rows: slice) -> Block:
        return RealBlock(y[rows], p[rows], np.empty((0, rows.stop - rows.start)), row_hashes=row_hashes(rows))

    context = Context(REGRESSION, available=frozenset({"point"}))
    return Options(str(folder / "p.parquet"), task="regression"), context, make, 1


KINDS = (binary, weighted, multiclass, multilabel, regression)


def states_of(make: Make, planned: Plan, ends: Sequence[int]) -> States:
    """Summed states of blocks that end there."""
    cuts = [slice(*pair) for pair in zip([0, *ends[:-1]], ends, strict=True)]
    return fold(added, (reduce(make(rows), planned.statistics) for rows in cuts))


def nowhere(rows: int) -> Provenance:
    """Arrays come from no file."""
    return Provenance(
        *((), None, ("label",), ("scores",), None, None, None, None, None, None, None, rows, {}, 0, None),
        {"confidence": 0.95, "min_n": 30},
    )


def composed(planned: Plan, states: States) -> Report:
    return compose(planned, pass_result(planned.context, states), nowhere(ROWS))


def numbers_of(report: Report) -> dict[str, Score]:
    rows = {f"{name}:{cls}": s for cls, row in report.per_class.items() for name, s in row.metrics.items()}
    return {**report.metrics, **rows}


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_cut_by_hand_give_what_score_gets_from_files(
    kind: Callable[..., Case], tmp_path: Path
) -> None:
    options, context, make, width = kind(np.random.default_rng(5), tmp_path)
    report = score(options)
    planned = plan(context, Wanted(), RowSample(rows_sampled(max(width, context.k, 1))))

    size = block_rows(width)
    same = composed(planned, states_of(make, planned, [*range(size, ROWS, size), ROWS]))
    assert 1.5 * size < ROWS
    assert numbers_of(same) == numbers_of(report)
    assert same.confusion == report.confusion
    assert [row.support for row in same.per_class.values()] == [
        row.support for row in report.per_class.values()
    ]

    elsewhere = states_of(make, planned, [7, 50_001, 180_000, ROWS])
    assert_near(composed(planned, elsewhere), report)


def assert_near(made: Report, report: Report) -> None:
    """Equal to 1e-12 of themselves, with the same reasons."""
    assert made.confusion is None or np.allclose(made.confusion, report.confusion or (), rtol=1e-12)
    for name, one in numbers_of(report).items():
        other = numbers_of(made)[name]
        assert other.reason == one.reason
        assert other.value == (
            one.value if one.value is None else pytest.approx(one.value, rel=1e-12, abs=1e-12)
        )
        if one.interval is not None:
            assert other.interval is not None
            ends = (other.interval.low, other.interval.high, other.interval.method)
            assert ends[:2] == pytest.approx((one.interval.low, one.interval.high), rel=1e-10, abs=1e-10)
            assert ends[2] == one.interval.method


@pytest.mark.parametrize("kind", KINDS)
def test_states_of_halves_add_up_to_the_whole(kind: Callable[..., Case], tmp_path: Path) -> None:
    options, context, make, width = kind(np.random.default_rng(6), tmp_path)
    planned = plan(context, Wanted(), RowSample(rows_sampled(max(width, context.k, 1))))
    left = reduce(make(slice(0, ROWS // 2)), planned.statistics)
    right = reduce(make(slice(ROWS // 2, ROWS)), planned.statistics)
    assert_near(composed(planned, added(left, right)), score(options))


def test_what_is_handed_in_is_taken_as_it_is() -> None:
    context = Context(REGRESSION, available=frozenset({"point"}))
    planned = plan(context, Wanted(("mae",), confidence=None))
    block = RealBlock(np.array([1.0, 2.0]), np.array([1.5, 2.0]), np.empty((0, 2)))
    report = compose(
        planned,
        pass_result(context, reduce(block, planned.statistics)),
        nowhere(2),
        command=("own", "script"),
    )
    assert report.metrics["mae"].value == 0.25
    assert report.metrics["mae"].interval_reason == "intervals were turned off"
    assert report.command == ("own", "script")
    assert report.input == nowhere(2)
    assert report.notes == ()
