from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.errors import InputError
from evalcli.inputs.patterns import pattern_of
from evalcli.report.history import Epoch, History, Stamp
from evalcli.report.score import Interval, Score
from evalcli.writers.history import HistoryFile, place_of


def _epoch(number: int, split: str = "val", value: float = 0.5) -> Epoch:
    score = Score(np.float64(value), "higher", 10, interval=Interval(0.4, 0.6, "wilson"))
    stamps = (Stamp(f"{split}-{number}.npy", 10, 5, "ab"),)
    return Epoch(number, split, {"epoch": str(number)}, stamps, {"bins": 10}, "1.0", metrics={"f1": score})


def _history(*epochs: Epoch) -> History:
    return History("1.0", ("evalcli",), "run/{epoch}", epochs, ("f1",), notes=("a note",))


def test_a_history_is_beside_the_run() -> None:
    assert place_of(pattern_of("run/{split}/e-{epoch}.npy").root) == "run/history.jsonl"
    assert place_of(pattern_of("e-{epoch}.npy").root) == "history.jsonl"


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = HistoryFile(str(tmp_path / "run" / "h.jsonl"))
    assert file.read() is None
    first, second = _epoch(1), _epoch(2)
    file.keep(first, True)
    file.keep(second, True)
    kept = HistoryFile(file.path).read()
    assert kept is not None and kept.epochs == (first, second) and not kept.title
    file.close(_history(first, second))
    again = HistoryFile(file.path)
    assert again.read() == _history(first, second)
    before = Path(file.path).stat().st_mtime_ns
    again.close(_history(first, second), again.read())
    assert Path(file.path).stat().st_mtime_ns == before, "nothing has changed"


def test_the_last_line_of_an_epoch_counts_and_others_go(tmp_path: Path) -> None:
    file = HistoryFile(str(tmp_path / "h.jsonl"))
    for value in (0.1, 0.7):
        file.keep(_epoch(1, value=value), True)
    kept = HistoryFile(file.path)
    (epoch,) = (kept.read() or _history()).epochs
    assert epoch.metrics["f1"].value == 0.7
    kept.close(_history(epoch), kept.read())
    assert len(Path(file.path).read_text().splitlines()) == 2


@pytest.mark.parametrize("cut", [1, 50, 200])
def test_a_line_that_was_cut_is_left_out_and_mended(tmp_path: Path, cut: int) -> None:
    file = HistoryFile(str(tmp_path / "h.jsonl"))
    for number in (1, 2):
        file.keep(_epoch(number), True)
    whole = Path(file.path).read_bytes()
    Path(file.path).write_bytes(whole[:-cut])
    kept = HistoryFile(file.path)
    found = kept.read()
    assert found is not None and [epoch.epoch for epoch in found.epochs] == [1]
    kept.keep(_epoch(2), True)
    again = HistoryFile(file.path).read()
    assert again is not None and [epoch.epoch for epoch in again.epochs] == [1, 2]


@pytest.mark.parametrize("line", ["{}", "[1]", "no", '{"schema_version": 99}', '{"schema_version": true}'])
def test_other_files_are_refused_with_their_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "h.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(InputError) as refused:
        HistoryFile(str(path)).read()
    assert "line 1" in str(refused.value.where) and "--fresh" in str(refused.value)
