from __future__ import annotations

from pathlib import Path

import pytest

import evalcli
from support.command_line import Cli
from support.training import LABELS, PATTERN, words, written


def test_it_is_what_the_command_says(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=3)
    found = evalcli.track(f"{tmp_path}/{PATTERN}", f"{tmp_path}/{LABELS}", best="accuracy")
    assert not (tmp_path / "history.jsonl").exists(), "nothing is kept unless asked"
    data = cli(*words(tmp_path), "--best", "accuracy", "--format", "json").json
    assert found.best is not None and found.best.epoch == data["best"]["epoch"]
    assert found.to_text() == cli(*words(tmp_path), "--best", "accuracy").out == str(found)
    assert repr(found) == f"<History: 3 epochs, best {found.best.epoch} by accuracy>"
    frame = found.to_pandas()
    assert len(frame[(frame["metric"] == "accuracy") & (frame["split"] == "val")]) == 3


def test_a_history_is_kept_and_read(tmp_path: Path) -> None:
    folder, place = written(tmp_path, epochs=2), tmp_path / "h.jsonl"
    first = evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}", history=place)
    assert place.exists()
    assert evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}", history=place) == first
    first.save(tmp_path / "h.csv")
    assert (tmp_path / "h.csv").read_text().startswith("epoch,split")
    with pytest.raises(evalcli.EvalcliError, match="other options"):
        evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}", history=place, metrics="accuracy")
    with pytest.raises(TypeError, match="track"):
        evalcli.track(f"{folder}/{PATTERN}", wrong=1)  # type: ignore[call-arg]
