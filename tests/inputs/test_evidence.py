from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalcli.inputs.evidence import Evidence
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.options import Options
from evalcli.inputs.truth_columns import TruthColumns
from evalcli.loaders.open import open_source
from support.command_line import Cli
from support.inspecting import RNG, good, saved_table


def evidence(folder: Path, table: pd.DataFrame) -> Evidence:
    path = str(saved_table(folder, table))
    source, options = open_source(path), Options(path)
    truth = TruthColumns(("label",), "column")
    return Evidence(source, InMemoryColumns(source, options), truth, None, options)


def test_what_columns_hold(tmp_path: Path) -> None:
    y, p = good(3, 100)
    seen = evidence(
        tmp_path,
        pd.DataFrame(
            {
                "label": y, "codes": y.astype(float), "age": RNG.integers(0, 90, 100),
                **dict(zip("abc", p.T, strict=True)), **dict(zip("xyz", np.log(p.T), strict=True)),
            }
        ),
    )  # fmt: skip
    assert [seen.are_classes(name) for name in ("codes", "a", "age")] == [True, False, False]
    assert seen.are_probabilities(["a", "b", "c"])
    assert seen.are_probabilities(["x", "y", "z"])
    assert not seen.are_probabilities(["a", "b"])
    assert not seen.are_probabilities(
        ["a", "nowhere"] if "nowhere" in seen.predictions.columns else ["age", "a"]
    )
    assert seen.names == tuple(dict.fromkeys(map(str, y)))


@pytest.mark.parametrize(
    ("labels", "other", "told"),
    [
        (["a", "b"], ["b", "a"], True),
        ([0, 1, 2], [2, 1, 0], True),
        ([0, 1], [1, 0], False),  # as any flag
        ([0, 1], [0, 1], True),
        (["a", "b"], ["c", "d"], False),
    ],
)
def test_columns_that_hold_the_labels(
    labels: list[object], other: list[object], told: bool, tmp_path: Path
) -> None:
    table = pd.DataFrame({"label": labels * 20, "other": other * 20})
    assert evidence(tmp_path, table).like_labels(["other"]) == (["other"] if told else [])


def test_labels_that_are_the_prediction_beside_the_truth(cli: Cli, tmp_path: Path) -> None:
    y, p = good(2, 200)
    table = pd.DataFrame({"churn": y, "Label": p.argmax(axis=1), "Score_0": p[:, 0], "Score_1": p[:, 1]})
    path = saved_table(tmp_path, table)
    asked = cli("score", path)
    assert (asked.code, "--label-col churn" in asked.err) == (2, True)
    told = cli("score", path, "--label-col", "churn", "--only", "accuracy")
    assert float(told.out) == (p.argmax(axis=1) == y).mean()
    own = cli("score", path, "--label-col", "Label")
    assert (own.code, "perfect-prediction" in own.err) == (0, True)
    alone = saved_table(tmp_path, table.drop(columns="churn"), "alone.csv")
    assert "perfect-prediction" in cli("score", alone).err
