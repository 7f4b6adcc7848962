from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.engine.epochs import Tracked, jobs_of
from evalcli.engine.track import track
from evalcli.engine.watch import Stop, Watch
from evalcli.errors import InputError
from evalcli.inputs.options import Options
from evalcli.inputs.patterns import pattern_of
from evalcli.report.history import Epoch
from support.training import LABELS, PATTERN, written


class Trained:
    """A training whose steps are taken between two looks; files are as old as they are written."""

    def __init__(self, folder: Path, *steps: Callable[[], object]) -> None:
        self.folder, self.steps, self.told = folder, list(steps), list[tuple[int, str]]()
        pattern, labels = pattern_of(f"{folder}/{PATTERN}"), pattern_of(f"{folder}/{LABELS}")
        self.tracked = Tracked(pattern, labels, Options(pattern.text))

    def wait(self) -> None:
        if self.steps:
            self.steps.pop(0)()

    def tell(self, epoch: Epoch, is_new: bool) -> None:
        self.told.append(epoch.key)

    def watch(self, **stop: int) -> Watch:
        return Watch(self.tracked, None, Stop(**stop), self.wait, self.tell)


def _appears(ready: Path, folder: Path, epoch: int, split: str = "val") -> Callable[[], object]:
    def step() -> None:
        target = folder / split / f"epoch-{epoch}.npy"
        shutil.copyfile(ready / split / target.name, target)

    return step


def _nothing() -> None:
    """A look without news."""


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    return written(tmp_path / "ready", epochs=4, rows=80)


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    """A run of which only the labels are there."""
    for split in ("train", "val"):
        (tmp_path / "run" / split).mkdir(parents=True)
        labels = shutil.copy(ready / split / "y.npy", tmp_path / "run" / split / "y.npy")
        os.utime(labels, (1, 1))
    return tmp_path / "run"


def test_epochs_are_scored_as_they_come_and_all_is_as_without_a_watch(ready: Path, folder: Path) -> None:
    steps = [_nothing]
    for epoch in (1, 2, 3):
        steps += [_appears(ready, folder, epoch, "train"), _appears(ready, folder, epoch), _nothing]
    run = Trained(folder, *steps)
    found = run.watch(until=3).run()
    assert found.reason == "epoch 3 is there"
    assert run.told == [(epoch, split) for epoch in (1, 2, 3) for split in ("train", "val")]
    assert found.history == track(run.tracked, jobs_of(run.tracked))


def test_a_file_that_grows_is_not_scored_before_it_is_whole(ready: Path, folder: Path) -> None:
    target = folder / "val" / "epoch-1.npy"
    data = (ready / "val" / "epoch-1.npy").read_bytes()
    parts = [lambda n=n: target.write_bytes(data[: len(data) * n // 4]) for n in (1, 2, 3, 4)]
    run = Trained(folder, *parts, _nothing, _nothing)
    found = run.watch(until=1).run()
    assert run.told == [(1, "val")] and found.history.epochs[0].problem is None


def test_a_file_that_stays_broken_is_an_error_after_some_looks(folder: Path) -> None:
    target = folder / "val" / "epoch-1.npy"
    target.write_bytes(b"\x93NUMPY\x01\x00broken")
    looks: list[int] = []
    run = Trained(folder, *[lambda: looks.append(1)] * 20)
    with pytest.raises(InputError, match="epoch 1 of val"):
        run.watch(until=1).run()
    assert 2 <= len(looks) <= 8


def test_patience_ends_where_no_epoch_is_better(ready: Path, folder: Path) -> None:
    best = ready / "val" / "epoch-4.npy"
    for epoch, source in ((1, best), *((n, ready / "val" / "epoch-1.npy") for n in (2, 3, 4, 5))):
        shutil.copyfile(source, folder / "val" / f"epoch-{epoch}.npy")
        os.utime(folder / "val" / f"epoch-{epoch}.npy", (1, 1))
    found = Trained(folder).watch(patience=3).run()
    assert found.reason.startswith("training could stop: in 4 epochs after 1, f1_macro was never better")


def test_a_changed_file_is_scored_again(ready: Path, folder: Path) -> None:
    _appears(ready, folder, 1)()
    os.utime(folder / "val" / "epoch-1.npy", (1, 1))
    target = folder / "val" / "epoch-1.npy"
    other = np.load(ready / "val" / "epoch-4.npy")
    run = Trained(folder, lambda: np.save(target, other), _nothing, _appears(ready, folder, 2), _nothing)
    found = run.watch(until=2).run()
    assert run.told == [(1, "val"), (1, "val"), (2, "val")]
    assert found.history == track(run.tracked, jobs_of(run.tracked))


@pytest.mark.parametrize("split", [None, "val"])
def test_it_waits_for_validation_that_comes_after_training(
    ready: Path, folder: Path, split: str | None
) -> None:
    run = Trained(
        folder,
        _appears(ready, folder, 1, "train"),
        *[_nothing] * 3,
        _appears(ready, folder, 1),
        *[_nothing] * 3,
    )
    run.tracked = replace(run.tracked, split=split)
    found = run.watch(until=1).run()
    assert run.told == [(1, "train"), (1, "val")] and found.history.best is not None


def test_a_broken_file_is_an_error_though_the_last_epoch_is_there(ready: Path, folder: Path) -> None:
    for epoch in (1, 2, 3):
        _appears(ready, folder, epoch, "train")()
        _appears(ready, folder, epoch)()
    (folder / "val" / "epoch-2.npy").write_bytes((folder / "val" / "epoch-2.npy").read_bytes()[:300])
    with pytest.raises(InputError, match="epoch 2 of val"):
        Trained(folder, *[_nothing] * 12).watch(until=3).run()
