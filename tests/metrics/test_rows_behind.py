from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalcli.blocks import Block, ClassBlock, LabelSetBlock
from evalcli.metrics import METRICS, Context, Request, Summary
from evalcli.metrics.rows_behind import Rows, rows_behind
from evalcli.statistics import Size
from evalcli.statistics.base import reduce
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL
from support.command_line import Cli, Save
from support.measuring import label_block, predicted_block

TRUTH = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
PREDICTED = [1, 1, 0, 1, 1, 0, 0, 0, 0, 0]
WEIGHT = np.array([1.0, 3.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])


def behind(name: str, block: Block, **request: Any) -> float:
    assert isinstance(block, ClassBlock | LabelSetBlock)
    task = MULTILABEL if isinstance(block, LabelSetBlock) else BINARY if block.positive else MULTICLASS
    positive = 1 if task is BINARY else None
    context = Context(task, tuple("abcdefgh"[: block.k]), positive, weighted=block.weight is not None)
    states = reduce(block, [context.counts, context.squared_counts, Size()])
    return rows_behind(Request(METRICS.named(name)[0], **request), context, Rows(Summary(context, states)))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        *[("recall", 3), ("fnr", 3), ("precision", 4), ("fdr", 4), ("specificity", 7), ("fpr", 7)],
        *[("npv", 6), ("false_omission_rate", 6), ("f1", 5), ("jaccard", 5), ("accuracy", 10), ("mcc", 10)],
        *[("g_mean", 3), ("informedness", 3), ("markedness", 4), ("balanced_accuracy", 3), ("ks", 3)],
        *[("eer", 3), ("best_f1", 3), ("roc_auc", 3), ("average_precision", 3), ("prevalence", 10)],
        *[("lr_plus", 3), ("lr_minus", 3), ("diagnostic_odds_ratio", 3), ("log_loss", 10)],
    ],
)
def test_of_two_classes(name: str, rows: int) -> None:
    assert behind(name, predicted_block(TRUTH, PREDICTED)) == rows


def test_the_parameter_does_not_matter() -> None:
    assert behind("fbeta", predicted_block(TRUTH, PREDICTED), parameter=2.0) == 5


def test_weights_by_their_effective_number() -> None:
    block = predicted_block(TRUTH, PREDICTED, weight=WEIGHT)
    assert behind("recall", block) == pytest.approx(5**2 / 11)
    assert behind("precision", block) == pytest.approx(7**2 / 15)
    assert behind("accuracy", block) == pytest.approx(13**2 / 21)
    same = predicted_block(TRUTH, PREDICTED, weight=np.full(10, 1e-150))
    assert behind("recall", same) == pytest.approx(3)


def test_means_over_classes_have_the_rarest_of_those_that_count() -> None:
    block = predicted_block([0, 0, 0, 0, 1, 1, 1, 2, 2], [0, 0, 0, 0, 1, 1, 3, 2, 2], 5)
    assert behind("recall", block, average="macro") == 2
    assert behind("precision", block, average="macro") == 1
    assert behind("recall", block, average="weighted") == behind("recall", block, average="micro") == 9
    assert behind("roc_auc", block, average="ovr_macro") == 2
    assert behind("recall", block, cls="b") == 3
    assert behind("specificity", block, average="micro") == 9


def test_labels() -> None:
    truth = np.array([[1, 0, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
    block = label_block(truth, truth.astype(float))
    assert behind("f1", block, average="macro") == 1
    assert behind("f1", block, average="samples") == 4
    assert behind("recall", block, average="micro") == 4
    assert behind("recall", block, cls="c") == 1
    few = label_block(truth[:, 1:], truth[:, 1:].astype(float))
    assert behind("recall", few, average="micro") == 2


def test_classes_that_averages_leave_out_are_not_behind_them(cli: Cli, saved: Save) -> None:
    rows = "a,a\n" * 40 + "b,b\n" * 30 + "c,c\n" * 2
    path = saved("p.csv", f"label,pred\n{rows}")
    options = ("score", path, "-m", "f1_macro,recall_micro", "-f", "json")
    n = {name: score["n"] for name, score in cli(*options).json["metrics"].items()}
    left = {name: s["n"] for name, s in cli(*options, "--exclude-class", "c").json["metrics"].items()}
    assert (n["f1_macro"], left["f1_macro"], left["recall_micro"]) == (2, 30, 70)
