from __future__ import annotations

from pathlib import Path

from evalcli.report.history import History
from support.command_line import Cli
from support.training import words, written


def test_json_is_read_as_it_was_written(cli: Cli, tmp_path: Path) -> None:
    data = cli(*words(written(tmp_path, epochs=3)), "--format", "json").json
    history = History.from_json(data)
    assert history.to_json() == data
    assert history.splits == ("train", "val") and history.numbers == (1, 2, 3)
    frame = history.to_pandas()
    assert set(frame["epoch"]) == {1, 2, 3} and set(frame["split"]) == {"train", "val"}
    row = frame[(frame["epoch"] == 2) & (frame["split"] == "val") & (frame["metric"] == "accuracy")].iloc[0]
    epoch = history.find(2, "val")
    assert epoch is not None and row["value"] == epoch.metrics["accuracy"].value
    assert dict(history.values("accuracy", "val"))[2] == epoch.metrics["accuracy"]
