from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from evalcli.engine.result import PassResult, pass_result
from evalcli.inputs.tally import RowTally
from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.statistics import Confusion, ScoreRanking, Size
from evalcli.statistics.base import added, reduce
from evalcli.tasks import BINARY
from support.measuring import binary_block

STUDY = Context(BINARY, ("a", "b"), 1)
NEEDED = (Size(), Confusion(), ScoreRanking())
ONE = binary_block([0, 1, 1], [0.2, 0.7, 0.4])
OTHER = binary_block([0, 1], [0.6, 0.9])


def test_states_by_hand_give_metrics() -> None:
    result = pass_result(STUDY, added(reduce(ONE, NEEDED), reduce(OTHER, NEEDED)))
    assert compute(Request(METRICS.named("accuracy")[0]), result.summary).value == 3 / 5
    # of the six pairs of a positive and a negative row only 0.4 and 0.6 are in the wrong order
    assert compute(Request(METRICS.named("roc_auc")[0]), result.summary).value == 5 / 6


def test_without_a_tally_every_row_was_scored() -> None:
    result = pass_result(STUDY, reduce(ONE, NEEDED))
    assert (result.tally.rows, result.tally.scored) == (3, 3)
    assert result.size.rows == 3


def test_a_tally_is_taken_as_it_is() -> None:
    tally = RowTally(dropped={"missing_scores": 4}, rows=7)
    assert pass_result(STUDY, reduce(ONE, NEEDED), tally).tally == tally


def test_the_states_are_emptied() -> None:
    states = reduce(ONE, NEEDED)
    pass_result(STUDY, states)
    assert states == {}


def test_each_slice_has_a_study_of_its_own() -> None:
    parts = [({"g": "x"}, reduce(ONE, NEEDED)), ({"g": None}, reduce(OTHER, NEEDED))]
    result = pass_result(STUDY, added(reduce(ONE, NEEDED), reduce(OTHER, NEEDED)), slices=parts)
    assert [by for by, _ in result.slices] == [{"g": "x"}, {"g": None}]
    assert [summary.size.rows for _, summary in result.slices] == [3, 2]
    assert result.size.rows == 5


def test_no_states_are_no_rows() -> None:
    assert PassResult(Summary(STUDY), RowTally()).size.rows == 0


def test_weights_are_those_of_the_rows() -> None:
    weighted = replace(ONE, weight=np.array([1.0, 2.0, 1.0]))
    size = pass_result(replace(STUDY, weighted=True), reduce(weighted, NEEDED)).size
    assert (size.rows, size.weight, size.effective) == (3, 4.0, 16 / 6)
