from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import ClassBlock, LabelSetBlock, ScoreKind
from evalcli.statistics import ScoreRanking, ranked_rows
from evalcli.statistics.base import added, finished_states, reduce
from evalcli.statistics.sorted_keys import cut_at_scores
from evalcli.statistics.spill import FolderFullError, OnDisk, Spill, spilled

shapes = st.tuples(st.integers(1, 3), st.integers(0, 9))


@given(shapes, st.sampled_from(["f4", "f8", "u4"]), st.integers(0, 2**31))
def test_a_matrix_is_read_as_it_was_written(shape: tuple[int, int], kind: str, seed: int) -> None:
    array = (np.random.default_rng(seed).random(shape) * 100).astype(kind)
    with Spill(0) as spill:
        spill.write(np.zeros(3))
        stored = spill.write(array)
        for row in range(len(array)):
            np.testing.assert_array_equal(stored[row], array[row])
            places = np.arange(0, shape[1], 2)
            np.testing.assert_array_equal(stored[row, places], array[row, places])
        assert (stored.shape, stored.dtype, len(stored)) == (array.shape, array.dtype, len(array))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.integers(1, 7))
def test_runs_are_merged_into_the_sorted_whole(values: list[int], size: int) -> None:
    keys = np.array(values, np.uint32)
    runs = (keys[first : first + size].copy() for first in range(0, len(keys), size))
    with Spill(0) as spill:
        stored = spill.sorted_by_runs(runs, map)
        np.testing.assert_array_equal(stored[:], np.sort(keys))
        assert cut_at_scores([stored], 4) == cut_at_scores([np.sort(keys)], 4)
        for side in ("left", "right"):
            found = stored.searchsorted(np.arange(22, dtype=np.uint32), side=side)
            np.testing.assert_array_equal(found, np.searchsorted(np.sort(keys), np.arange(22), side))


def blocks(task: str, kind: ScoreKind, dtype: Any, seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    out = []
    for n in rng.integers(0, 40, 4):
        k = 1 if task == "binary" else 3
        scores = np.round(rng.random((k, n)), 1).astype(dtype)
        if task == "multilabel":
            out.append(LabelSetBlock(rng.random((k, n)) < 0.5, scores, kind))
            continue
        truth = rng.integers(0, max(k, 2), n)
        out.append(ClassBlock(truth, scores, None, max(k, 2), kind, 1 if task == "binary" else None))
    return out


RANKINGS: dict[str, Callable[[Any], Any]] = {
    "sums": lambda ranking: ranking.sums,
    "influences": lambda ranking: ranking.influences.tolist(),
    "counts": lambda ranking: ranking.minority_counts.tolist(),
    "partial": lambda ranking: ranking.partial_roc_auc(0.5).tolist(),
    "scores": lambda ranking: [np.sort(ranking.scores(row)).tolist() for row in ranking._rows],
}


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
@given(
    st.sampled_from([ScoreKind.PROBABILITIES, ScoreKind.LOGITS, ScoreKind.RAW]),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from([0, 300]),
    st.integers(0, 2**31),
)
def test_rankings_are_the_same_with_and_without_a_file(
    task: str, kind: ScoreKind, dtype: Any, kept: int, seed: int
) -> None:
    made = blocks(task, kind, dtype, seed)
    if sum(block.n for block in made) < 2:
        return
    for statistic in (ScoreRanking(with_variance=True), ScoreRanking(keep_keys=True, with_variance=True)):
        with Spill(room=64, kept=kept) as spill, pytest.MonkeyPatch.context() as patch:
            patch.setattr(ranked_rows, "FEW", 0)  # so few rows would stay in memory
            found = []
            for store in (None, spill):
                states: Any = {}
                for block in made:
                    states = added(states, spilled(reduce(block, [statistic]), store))
                ranking = finished_states(states)[statistic]
                found.append({name: of(ranking) for name, of in RANKINGS.items()})
            np.testing.assert_equal(found[1], found[0])


def test_a_full_folder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with Spill(0) as spill, pytest.raises(FolderFullError) as caught:
        spill.write(np.zeros(3))
    assert caught.value.filename


def test_what_may_stay_in_memory_does() -> None:
    spill = Spill(room=0, kept=100)
    assert [spill.keeps(60), spill.keeps(40), spill.keeps(1)] == [True, True, False]


@pytest.mark.parametrize("lacking", ["pwrite", "preadv"])
def test_a_system_without_positioned_reads(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, lacking)
    with Spill(0) as spill:
        stored: OnDisk = spill.write(np.arange(6.0).reshape(2, 3))
        assert stored[1].tolist() == [3.0, 4.0, 5.0]
