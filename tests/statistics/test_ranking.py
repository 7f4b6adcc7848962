from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import ClassBlock, LabelSetBlock, ScoreKind
from evalcli.blocks.row_hashes import hash_rows
from evalcli.statistics import Ranking, ScoreRanking


def test_saturated_logits_do_not_tie() -> None:
    """A softmax of 40 and of 50 is 1.0 in both cases; the logits still order."""
    logits = np.array([[0.0, 0.0, 0.0, 0.0], [50.0, 40.0, 45.0, -3.0]])
    truth = np.array([1, 0, 1, 0])
    state = ScoreRanking().of(ClassBlock(truth, logits, None, 2, ScoreKind.LOGITS, 1))
    assert state.rows.sums(0).roc_auc == 1.0


@pytest.mark.parametrize("k", [3, 5])
def test_logits_rank_as_their_probabilities(k: int) -> None:
    rng = np.random.default_rng(k)
    logits, truth = rng.normal(size=(k, 300)), rng.integers(0, k, 300)
    p = np.exp(logits) / np.exp(logits).sum(axis=0)
    by_logits = ScoreRanking().of(ClassBlock(truth, logits, None, k, ScoreKind.LOGITS))
    by_probability = ScoreRanking().of(ClassBlock(truth, p, None, k))
    for cls in range(k):
        assert by_logits.rows.sums(cls).doubled_concordant == by_probability.rows.sums(cls).doubled_concordant
    assert by_logits.finalize(map).pooled.roc_auc == pytest.approx(
        by_probability.finalize(map).pooled.roc_auc, rel=1e-12
    )


def test_ranking_of_nothing_is_undefined() -> None:
    block = ClassBlock(np.empty(0, np.intp), np.empty((1, 0)), None, 2, positive=1)
    ranking = ScoreRanking().of(block).finalize(map)
    assert np.isnan(ranking.roc_auc).all()
    assert np.isnan(ranking.average_precision).all()


def class_block(k: int, kind: ScoreKind, weighted: bool, dtype: Any = np.float64) -> ClassBlock:
    """Of 400 rows in 60 groups; with ties."""
    rng = np.random.default_rng(k)
    scores = np.round(rng.random((1 if k == 2 else k, 400)), 2).astype(dtype)
    hashes = np.stack([hash_rows(rng.integers(0, 60, 400), 1), hash_rows(np.arange(400), 1)])
    weight = rng.random(400) if weighted else None
    truth, positive = rng.integers(0, k, 400), 1 if k == 2 else None
    return ClassBlock(truth, scores, None, k, kind, positive, weight=weight, row_hashes=hashes)


def label_block(gaps: bool, weighted: bool) -> LabelSetBlock:
    rng = np.random.default_rng(8)
    known = rng.random((3, 400)) < 0.8 if gaps else None
    truth = (rng.random((3, 400)) < 0.4) & (True if known is None else known)
    weight = rng.random(400) if weighted else None
    return LabelSetBlock(truth, np.round(rng.random((3, 400)), 2), weight=weight, known=known)


P, RAW = ScoreKind.PROBABILITIES, ScoreKind.RAW
VARIES = ScoreRanking(with_variance=True)
KEPT = ScoreRanking(with_variance=True, keep_keys=True)
PAIRS = ScoreRanking(with_variance=True, one_vs_one=True)
CASES: list[tuple[str, ScoreRanking, ClassBlock | LabelSetBlock]] = [
    ("binary", VARIES, class_block(2, P, False)),
    ("binary, keys", KEPT, class_block(2, P, False)),
    ("binary, weighted", KEPT, class_block(2, RAW, True)),
    ("binary, groups", replace(VARIES, by_group=True), class_block(2, P, False)),
    ("multiclass", VARIES, class_block(4, P, False)),
    ("multiclass, keys", KEPT, class_block(4, P, False)),
    ("multiclass, raw", KEPT, class_block(4, RAW, False)),
    ("multiclass, weighted", VARIES, class_block(4, P, True)),
    ("multiclass, weighted, kept", KEPT, class_block(4, P, True)),
    ("multiclass, groups", replace(KEPT, by_group=True), class_block(4, P, True)),
    ("one against one", PAIRS, class_block(4, P, False)),
    ("one against one, by keys", replace(PAIRS, keep_keys=True), class_block(4, P, False, np.float32)),
    ("one against one, weighted", replace(PAIRS, by_group=True), class_block(4, P, True)),
    ("labels", KEPT, label_block(False, True)),
    ("gaps", VARIES, label_block(True, False)),
    ("gaps, weighted", ScoreRanking(keep_keys=True), label_block(True, True)),
]
WAIT = 20.0
"""Seconds, after which a function on the pool waits for the thread that waits for it."""


def results(
    statistic: ScoreRanking, block: ClassBlock | LabelSetBlock
) -> dict[str, Callable[[Ranking], Any]]:
    """What a ranking of such data can be asked for, all of it computed on demand."""
    names = ["sums", "curves", "roc_auc", "average_precision", "pooled"]
    whole = not isinstance(block, LabelSetBlock) or block.known is None
    if statistic.with_variance:
        names += ["minority_counts", *(["influences", "units", "pooled_influences"] if whole else [])]
    names += ["pairwise_auc"] if statistic.one_vs_one else []
    found: dict[str, Callable[[Ranking], Any]] = {name: attrgetter(name) for name in names}
    found["partial"] = lambda ranking: ranking.partial_roc_auc(0.3)
    if statistic.with_variance and whole:
        found["support"] = lambda ranking: ranking.support_influence(np.array([0]), np.array([0.5]))
    return found


def assert_equal(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if isinstance(one, list):
        for parts in zip(one, other, strict=True):
            assert_equal(*parts)
    elif isinstance(one, Struct):
        for name in one.__struct_fields__:
            assert_equal(getattr(one, name), getattr(other, name))
    else:
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("statistic", "block"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_threads_never_wait_for_each_other(
    statistic: ScoreRanking, block: ClassBlock | LabelSetBlock, threads: int
) -> None:
    """Whatever is asked for first, and next."""
    wanted = results(statistic, block)
    alone = statistic.of(block).finalize(map)
    expected = {name: result(alone) for name, result in wanted.items()}
    with ThreadPoolExecutor(threads) as pool:

        def mapper(function: Any, items: Any) -> Any:
            futures = [pool.submit(function, item) for item in items]
            return (future.result(WAIT) for future in futures)

        for first in wanted:
            ranking = statistic.of(block).finalize(mapper)
            for name in [first, *reversed(wanted)]:
                assert_equal(wanted[name](ranking), expected[name])


def test_functions_on_other_threads_see_no_cached_value() -> None:
    """They are given what they need: none of the functions within the methods mentions the ranking."""
    (tree,) = ast.parse(inspect.getsource(Ranking)).body
    methods = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    assert inner
    for function in [*inner, *(method for method in methods if method.args.args[0].arg != "self")]:
        assert "self" not in {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if ast.unparse(call.func) in ("self._each", "self.mapper"):
            given = ast.unparse(call.args[0])
            assert not given.startswith("self.") or given.startswith("self.state."), given
