from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.inputs.labels import Labels, read_labels
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Rows
from evalcli.inputs.targets.classification import ClassTarget, available_scores, class_target
from evalcli.tasks import BINARY
from support.inspecting import saved_table

COLUMNS = """label,prob_dog,prob_cat,prob_ant
cat,0.1,0.7,0.2
ant,0.2,0.2,0.6
,0.5,0.2,0.3
dog,0.4,0.3,0.3
"""
PLACE = Place("q.csv")
PAIR = "label,prob\nno,0.2\nyes,0.9\nyes,0.4\n"


def target(folder: Path, text: str, **more: Any) -> ClassTarget:
    options = Options(str(saved_table(folder, text)), **more)
    inputs = open_inputs(options)
    assert isinstance(inputs.truth, Labels)
    return class_target(inputs, inputs.truth, options)


def block(found: ClassTarget, truth: Any, scores: Any) -> ClassBlock:
    made = found.block(Rows(truth, scores, None, None, ScoreKind.PROBABILITIES, 1e-16, False))
    assert isinstance(made, ClassBlock)
    return made


def test_scores_come_in_the_order_of_the_classes(tmp_path: Path) -> None:
    found = target(tmp_path, COLUMNS, classes=("ant", "cat", "dog"))
    truth, kept = found.part(slice(None))
    assert truth[kept].tolist() == [1, 0, 2]
    assert kept.tolist() == [True, True, False, True]
    by_column = np.array([[0.1, 0.2, 0.4], [0.7, 0.2, 0.3], [0.2, 0.6, 0.3]])
    made = block(found, truth[kept], by_column)
    np.testing.assert_array_equal(made.scores, by_column[[2, 1, 0]])
    assert (made.argmax == made.truth).all()


def test_some_rows(tmp_path: Path) -> None:
    found = target(tmp_path, COLUMNS)
    whole, kept = found.part(slice(None))
    places = np.array([3, 1])
    truth, mine = found.part(places)
    assert truth.tolist() == whole[places].tolist()
    assert mine.tolist() == kept[places].tolist()


def test_one_column_is_of_the_positive_class(tmp_path: Path) -> None:
    found = target(tmp_path, PAIR, positive="yes", threshold="0.5")
    assert (found.task, found.width, found.threshold) == (BINARY, 1, 0.5)
    made = block(found, found.part(slice(None))[0], np.array([[0.2, 0.9, 0.4]]))
    assert [found.names[code] for code in made.predicted] == ["no", "yes", "no"]
    assert made.is_positive.tolist() == [False, True, True]


def test_classes_that_are_predicted(tmp_path: Path) -> None:
    found = target(tmp_path, PAIR, positive="yes")
    labels = read_labels([pa.array(["yes", "no", None])], PLACE)
    codes = found.codes_of(labels, 0)
    assert [found.names[code] if code >= 0 else None for code in codes] == ["yes", "no", None]


def test_a_predicted_class_that_is_unknown(tmp_path: Path) -> None:
    found = target(tmp_path, PAIR, positive="yes")
    labels = read_labels([pa.array(["yes", "maybe"])], PLACE)
    with pytest.raises(InputError, match="not among the 2 classes"):
        found.codes_of(labels, 0)


def test_what_scores_give_metrics() -> None:
    assert available_scores(Options("p.csv"), 3) == {"scores", "probabilities"}
    assert available_scores(Options("p.csv", scores="raw"), 3) == {"scores"}
    assert available_scores(Options("p.csv"), 0) == frozenset()


def test_missing_labels_of_numbers(tmp_path: Path) -> None:
    found = target(tmp_path, "label,pred\n1,1\n,0\n0,0\n")
    assert found.part(slice(None))[1].tolist() == [True, False, True]
    labels = read_labels([pa.array([1, 0])], PLACE)
    assert [found.names[code] for code in found.codes_of(labels, 0)] == ["1", "0"]


def test_without_scores_if_none_are_needed(tmp_path: Path) -> None:
    alone = target(tmp_path, PAIR)
    assert alone.needed(False, ()) is alone  # they decide the classes
    both = target(tmp_path, "label,pred,prob\nno,no,0.2\nyes,yes,0.9\nyes,no,0.4\n")
    assert both.needed(True, ()) is both
    fewer = both.needed(False, ())
    assert (fewer.columns, fewer.width, fewer.prediction_column) == ((), 0, "pred")
    assert fewer.not_used(("prob",)) == ("prob",)
    assert [found.scores_as(ScoreKind.LOGITS) for found in (both, fewer)] == ["logits", None]


def test_a_threshold_passes_over_predicted_classes(tmp_path: Path) -> None:
    found = target(tmp_path, "label,pred,prob\nno,no,0.2\nyes,yes,0.9\nyes,no,0.4\n", threshold="0.3")
    assert (found.threshold, found.predicted, found.passed_over) == (0.3, None, "pred")
    assert found.not_used(("prob",)) == ("pred",)


def test_the_truth_does_not_depend_on_the_order_of_the_classes(tmp_path: Path) -> None:
    found = [
        target(tmp_path, COLUMNS, classes=names) for names in (("ant", "cat", "dog"), ("dog", "ant", "cat"))
    ]
    first, second = (f.portable(f.truth_rows()[0]) for f in found)
    assert first.tolist() == second.tolist() == [1, 0, -1, 2]
    assert first.dtype == "<i4"
