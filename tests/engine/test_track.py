from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.engine.epochs import Tracked, jobs_of
from evalcli.engine.track import track
from evalcli.errors import InputError
from evalcli.inputs.options import Options
from evalcli.inputs.patterns import pattern_of
from support.training import LABELS, PATTERN, written


def _tracked(folder: Path, **options: object) -> Tracked:
    pattern = f"{folder}/{PATTERN}"
    return Tracked(pattern_of(pattern), pattern_of(f"{folder}/{LABELS}"), Options(pattern, **options))  # type: ignore[arg-type]


def test_jobs_are_in_the_order_of_numbers(tmp_path: Path) -> None:
    jobs = jobs_of(_tracked(written(tmp_path, epochs=11, rows=20)))
    assert [job.epoch for job in jobs if job.split == "val"] == list(range(1, 12))
    assert str(jobs[-1]) == "epoch 11 of val" and jobs[0].files[1].endswith("train/y.npy")


def test_each_is_told_once_and_known_ones_are_not_scored(tmp_path: Path) -> None:
    tracked, told = _tracked(written(tmp_path, epochs=3, rows=60)), []
    first = track(tracked, jobs_of(tracked), on_epoch=lambda epoch, is_new: told.append((epoch.key, is_new)))
    assert told == [((n, split), True) for n in (1, 2, 3) for split in ("train", "val")]
    told.clear()
    again = track(
        tracked, jobs_of(tracked), first, on_epoch=lambda epoch, is_new: told.append((epoch.key, is_new))
    )
    assert not any(is_new for _, is_new in told) and again == first


def test_the_first_epoch_says_how_the_others_are_read(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=60)
    for split in ("train", "val"):
        np.save(folder / split / "epoch-2.npy", 5 * np.load(folder / split / "epoch-2.npy") - 2)  # as logits
    with pytest.raises(InputError, match="epoch 2 of train"):
        track(_tracked(folder), jobs_of(_tracked(folder)))
    assert len(track(_tracked(folder, scores="raw"), jobs_of(_tracked(folder, scores="raw"))).epochs) == 4


def test_one_of_very_many_classes_may_not_change_its_name(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = [f"c{k:03d}" for k in range(120)]
    for epoch, last in ((1, "c119"), (2, "other")):
        labels = [*names[:-1], last] * 3
        lines = [f"{name},{name if rng.random() < 0.5 else labels[0]}" for name in labels]
        (tmp_path / f"e{epoch}.csv").write_text("label,pred\n" + "\n".join(lines) + "\n")
    tracked = Tracked(pattern_of(f"{tmp_path}/e{{epoch}}.csv"), None, Options("x"))
    with pytest.raises(InputError, match="epoch 2 has other classes"):
        track(tracked, jobs_of(tracked))
