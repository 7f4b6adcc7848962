from __future__ import annotations

import importlib.util
import sys

import pytest

from evalcli.errors import OutputError, UsageError
from evalcli.sinks import open as trackers
from evalcli.sinks.open import KINDS, Target, Trackers, target_of
from evalcli.sinks.sink import Entry


class Kept:
    """A tracker in memory, which may break."""

    def __init__(self, broken: bool) -> None:
        self.said: list[str] = []
        self._broken = broken

    def log(self, step: int, split: str, values: object, figures: object) -> None:
        sys.stdout.write("printed by a library")
        if self._broken:
            raise RuntimeError("the disk\nis full")
        self.said.append(f"{step} {split}")

    def close(self, name: str, document: object) -> None:
        self.said.append(name)

    def abandon(self) -> None:
        self.said.append("abandoned")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Kept]:
    made: list[Kept] = []

    class Module:
        @staticmethod
        def open_sink(kind: str, place: str, name: str, whole: bool) -> Kept:
            made.append(Kept(place == "broken"))
            return made[-1]

    monkeypatch.setattr(trackers, "import_module", lambda _: Module)
    return made


def test_what_a_library_raises_is_one_message(kept: list[Kept], capsys: pytest.CaptureFixture[str]) -> None:
    targets = [Target("mlflow", "whole"), Target("mlflow", "broken")]
    with pytest.raises(OutputError, match="could not be logged") as raised, Trackers(targets, "x") as found:
        found.log([Entry(1, "val", {"f1": 1.0}, {})])
    assert raised.value.found == "the disk"
    assert [sink.said for sink in kept] == [["1 val", "abandoned"], ["abandoned"]]
    printed = capsys.readouterr()
    assert printed.out == "" and "printed by a library" in printed.err


def test_trackers_by_name() -> None:
    assert str(target_of("tensorboard:runs/a")) == "tensorboard:runs/a"
    assert target_of("mlflow") == Target("mlflow", "") and str(target_of("mlflow")) == "mlflow"
    for text, words in (("tensorbord:x", "invalid value"), ("tensorboard:", "where"), ("trackio", "where")):
        with pytest.raises(UsageError, match=words):
            target_of(text)


@pytest.mark.parametrize("name", KINDS)
def test_a_missing_library_is_named_with_its_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    library = KINDS[name].library
    monkeypatch.setattr(trackers, "find_spec", lambda asked: None if asked == library else known(asked))
    with pytest.raises(UsageError, match=f"needs {library}, which is not installed") as raised:
        target_of(f"{name}:x")
    assert f"evalcli[{name}]" in str(raised.value.hint)


def test_what_is_open_ends_when_another_does_not_open(
    kept: list[Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = trackers.import_module("")

    class Broken:
        @staticmethod
        def open_sink(*_: object) -> None:
            raise RuntimeError("no network")

    monkeypatch.setattr(trackers, "import_module", lambda name: Broken if "wandb" in name else made)
    with pytest.raises(OutputError, match="could not be logged") as raised:
        Trackers([Target("mlflow", "a"), Target("wandb", "b")], "x")
    assert raised.value.found == "no network" and kept[0].said == ["abandoned"]
