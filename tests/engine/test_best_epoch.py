from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.engine.best_epoch import optimism
from support.command_line import Cli
from support.training import words, written


def test_the_best_is_the_maximum_and_those_alike_cannot_be_told_from_it(cli: Cli, tmp_path: Path) -> None:
    found = cli(*words(written(tmp_path)), "--format", "json").json
    values = {e["epoch"]: e["metrics"]["f1_macro"]["value"] for e in found["epochs"] if e["split"] == "val"}
    best = found["best"]
    assert best["epoch"] == max(values, key=lambda epoch: values[epoch]) and best["paired"]
    assert best["take"] == min(best["alike"]) and best["epoch"] in best["alike"]
    first = tmp_path / "val" / f"epoch-{best['epoch']}.npy"
    for epoch in values:
        if epoch == best["epoch"]:
            continue
        other = tmp_path / "val" / f"epoch-{epoch}.npy"
        pair = cli("compare", first, other, "--labels", tmp_path / "val" / "y.npy", "--format", "json").json
        change = pair["against"][0]["changes"]["f1_macro"]
        if change["p"] > 0.05:
            assert epoch in best["alike"]
        if change["p"] < 0.05 / len(values):
            assert epoch not in best["alike"]


def test_it_overfits_where_the_loss_is_higher_for_sure(cli: Cli, tmp_path: Path) -> None:
    found = cli(*words(written(tmp_path, epochs=10, rows=1500, drift=0.4)), "--format", "json").json
    loss = {
        split: {e["epoch"]: e["metrics"]["log_loss"]["value"] for e in found["epochs"] if e["split"] == split}
        for split in ("train", "val")
    }
    lowest = min(loss["val"], key=lambda epoch: loss["val"][epoch])
    over = found["overfits"]
    assert over is not None and over > lowest and loss["val"][over] > loss["val"][lowest]
    assert loss["train"][over] < loss["train"][lowest]
    steady = cli(*words(written(tmp_path / "steady", drift=0.0)), "--format", "json").json
    assert steady["overfits"] is None


def test_gaps_are_training_minus_validation_with_the_error_of_both(cli: Cli, tmp_path: Path) -> None:
    found = cli(*words(written(tmp_path)), "--format", "json").json
    at = found["best"]["epoch"]
    for gap in found["gaps"]:
        one, other = (
            next(e for e in found["epochs"] if (e["epoch"], e["split"]) == (at, split))["metrics"][
                gap["metric"]
            ]
            for split in ("train", "val")
        )
        assert gap["value"] == pytest.approx(one["value"] - other["value"])
        widths = [score["interval"][1] - score["interval"][0] for score in (one, other)]
        assert gap["interval"][1] - gap["interval"][0] == pytest.approx(np.hypot(*widths))


@pytest.mark.parametrize(("spread", "count"), [(0.0, 5), (0.0, 20), (1.0, 10), (3.0, 10)])
def test_optimism_is_what_the_maximum_is_too_good_by(spread: float, count: int) -> None:
    rng = np.random.default_rng(0)
    true, told = [], []
    for seed in range(400):
        truth = spread * rng.normal(size=count)
        noise = rng.normal(size=count)
        values = truth + noise
        true.append(noise[np.argmax(values)])
        told.append(optimism(values.tolist(), [np.sqrt(2.0)] * (count - 1), seed) or 0.0)
    assert np.mean(told) == pytest.approx(np.mean(true), rel=0.2, abs=0.05)


def test_one_epoch_has_no_optimism() -> None:
    assert optimism([0.5], []) is None and optimism([0.5, 0.4], [None]) is None
