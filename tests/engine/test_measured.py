from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from evalcli.engine.measured import DRAWS_OF_FEW, Measured
from evalcli.engine.plan import Wanted
from evalcli.engine.run import prepare
from evalcli.engine.stream import run_pass
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options

METRICS = ("accuracy", "log_loss", "roc_auc", "ks", "mce")


def measured(tmp_path: Path, n: int, **more: str) -> Measured:
    rng = np.random.default_rng(n)
    y = rng.integers(0, 2, n)
    path = tmp_path / "p.csv"
    frame = pd.DataFrame({"label": y, "prob": np.clip(0.3 + 0.4 * y + rng.normal(0, 0.2, n), 0.01, 0.99)})
    frame["user"] = np.arange(n) // 3
    frame.to_csv(path, index=False)
    options = Options(str(path), metrics=METRICS, **more)
    run = prepare(open_inputs(options), options, Wanted(METRICS, per_class=False, paired=True))
    with run_pass(run) as result:
        return Measured.of(run.plan.requests, result.summary, run.plan.sampled, 0.95)


def test_influences_where_there_are_formulas_and_draws_elsewhere(tmp_path: Path) -> None:
    found = measured(tmp_path, 400)
    assert set(found.influences) == {"log_loss", "roc_auc"}
    assert set(found.draws) == {"ks"}  # counts have a table, and a maximum has no interval
    assert not found.few and found.units == 400


def test_few_rows_are_drawn(tmp_path: Path) -> None:
    found = measured(tmp_path, 60)
    assert found.few and not found.influences
    assert set(found.draws) == {"log_loss", "roc_auc", "ks"}
    assert len(found.draws["ks"][1]) == DRAWS_OF_FEW


def test_groups_are_the_units(tmp_path: Path) -> None:
    found = measured(tmp_path, 300, group="user")
    assert found.units == 100
    assert found.influences["log_loss"].of_units.shape == (100,)
    assert found.influences["log_loss"].freedom == 99
    assert "accuracy" in found.draws
