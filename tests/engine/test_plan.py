from __future__ import annotations

from pathlib import Path

import numpy as np

from support.command_line import Cli
from support.task_files import GUESS, REAL, N, write_columns


def test_only_the_quantiles_that_are_asked_for_are_read(cli: Cli, tmp_path: Path) -> None:
    broken = np.full(N, np.nan)
    columns = {"y_true": REAL, "y_pred": GUESS, "q_0.1": GUESS - 1, "q_0.5": broken, "q_0.9": GUESS + 1}
    path = write_columns(tmp_path, columns)
    assert cli("score", path).code == 2
    result = cli("score", path, "-m", "mae,interval_coverage@0.8", "-f", "json")
    assert result.code == 0, result.err
    assert result.json["input"]["roles"]["scores"] == ["q_0.1", "q_0.9"]
    assert cli("score", path, "-m", "rmse").code == 0
    alone = cli("score", path, "-m", "pinball@0.9", "-f", "json").json["input"]["roles"]
    assert (alone["scores"], alone["predicted"]) == (["q_0.9"], None)
