from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.blocks import ScoreKind
from evalcli.findings import Place
from evalcli.inputs.labels import Labels
from evalcli.inputs.targets.regression import RealTarget
from support.command_line import Cli
from support.questions import RNG, N, put
from support.task_files import GUESS, REAL, write_columns


def test_quantiles_of_whole_numbers(cli: Cli, tmp_path: Path) -> None:
    counts = RNG.poisson(9, N)
    path = put(tmp_path, "p.parquet", {"y": counts, "q_0.1": counts - 3.0, "q_0.9": counts + 3.0})
    result = cli("score", path, "-f", "json")
    assert result.json["task"] == "regression"
    assert result.json["metrics"]["interval_coverage@0.8"]["value"] == 1.0
    assert (
        "1.0000 of the rows fall between q_0.1 and q_0.9; expected 0.8: the intervals are too wide"
        in result.err
    )
    crossed = put(tmp_path, "c.parquet", {"y": counts, "q_0.1": counts + 3.0, "q_0.9": counts - 3.0})
    assert "q_0.1 and q_0.9 are crossed: their mean distance is -6" in cli("score", crossed).err


def test_quantiles_alone_have_no_point(cli: Cli, tmp_path: Path) -> None:
    path = write_columns(tmp_path, {"y_true": REAL, "q_0.1": GUESS - 1, "q_0.9": GUESS + 1})
    asked = cli("score", path, "--only", "mae", "--only", "interval_width@0.8")
    assert asked.out.splitlines()[0] == "null"
    assert float(asked.out.splitlines()[1]) == pytest.approx(2.0)
    assert "the file contains quantiles only" in asked.err


VALUES = np.array([-0.0, 1.5, np.nan])
QUANTILES = RealTarget(VALUES, ("y_pred", "q_0.1", "q_0.9"), True, (0.1, 0.9))


def test_only_the_columns_that_are_needed() -> None:
    point = RealTarget(VALUES, ("y_pred",), True, ())
    assert point.needed(False, [(0.1,)]) is point
    found = QUANTILES.needed(True, [None, (), (0.9,)])
    assert (found.columns, found.point, found.levels) == (("y_pred", "q_0.9"), True, (0.9,))
    found = QUANTILES.needed(True, [(0.1,)])
    assert (found.columns, found.prediction_column, found.score_columns) == (("q_0.1",), None, ("q_0.1",))
    assert QUANTILES.needed(True, [()]).columns == ("y_pred",)


def test_how_columns_of_real_values_are_read() -> None:
    assert (QUANTILES.prediction_column, QUANTILES.score_columns) == ("y_pred", ("q_0.1", "q_0.9"))
    assert QUANTILES.scores_as(ScoreKind.RAW) == "quantiles"
    assert RealTarget(VALUES, ("y_pred",), True, ()).scores_as(ScoreKind.RAW) is None
    assert QUANTILES.not_used(("q_0.1",)) == ()


def test_real_values_have_one_zero() -> None:
    (row,) = QUANTILES.truth_rows()
    assert QUANTILES.portable(row).tobytes() == np.array([0.0, 1.5, np.nan], "<f8").tobytes()


def test_real_values_have_no_predicted_classes() -> None:
    with pytest.raises(TypeError, match="only classes"):
        QUANTILES.codes_of(Labels(np.array([0]), ("a",), Place("p.csv")), 0)


def test_metrics_that_quantiles_do_not_have(cli: Cli, tmp_path: Path) -> None:
    """Without a metric that has a value nothing needs a column, and the rows are read all the same."""
    path = tmp_path / "p.csv"
    path.write_text(
        "target,q_0.1,q_0.9\n" + "".join(f"{i * 1.37 + 0.01},{i}.5,{i + 2}.25\n" for i in range(40))
    )
    found = cli("score", path, "-m", "mae", "-f", "json")
    assert found.code == 0
    assert found.json["metrics"]["mae"]["reason"].startswith("requires predicted values")
    assert found.json["input"]["rows"]["scored"] == 40


def test_values_whose_squares_vanish_are_refused(cli: Cli, tmp_path: Path) -> None:
    """Rather than an error of 0 and "the true values are constant"."""
    for scale, code in ((1e-170, 2), (1e-140, 0)):
        rows = "".join(f"{y * scale!r},{p * scale!r}\n" for y, p in ((1.0, 1.5), (2.0, 1.0), (3.5, 3.0)))
        (tmp_path / "p.csv").write_text("y_true,y_pred\n" + rows)
        found = cli("score", tmp_path / "p.csv", "--task", "regression", "-m", "rmse", "-f", "json")
        assert found.code == code, found.err
    assert found.json["metrics"]["rmse"]["value"] > 0
    (tmp_path / "p.csv").write_text("y_true,y_pred\n0,0.5\n0,0\n")
    assert cli("score", tmp_path / "p.csv", "--task", "regression", "-m", "rmse").code == 0
