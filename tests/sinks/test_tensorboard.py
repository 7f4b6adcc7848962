"""Event files are read back by TensorBoard itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from support.command_line import Cli
from support.training import words, written


def _read(folder: Path) -> EventAccumulator:
    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
    found.Reload()
    return found


def test_splits_are_runs_with_the_same_tags(cli: Cli, tmp_path: Path) -> None:
    folder, board = written(tmp_path / "run", epochs=3), tmp_path / "board"
    history = cli(*words(folder), "--log", f"tensorboard:{board}", "--format", "json").json
    runs = {"train": _read(board / "train"), "val": _read(board / "validation")}
    assert runs["train"].Tags()["scalars"] == runs["val"].Tags()["scalars"]
    for epoch in history["epochs"]:
        run = runs[epoch["split"]]
        scalars = {event.step: event.value for event in run.Scalars("f1_macro")}
        assert scalars[epoch["epoch"]] == pytest.approx(epoch["metrics"]["f1_macro"]["value"], rel=1e-6)
        scalars = {event.step: event.value for event in run.Scalars("recall/1")}
        assert scalars[epoch["epoch"]] == pytest.approx(epoch["per_class"]["1"]["recall"]["value"], rel=1e-6)
        assert [event.step for event in run.Images("confusion")] == [1, 2, 3]
    assert _read(board).Tags()["images"] == ["history", "class_history", "matrix_history"]


def test_a_run_that_is_logged_again_replaces_itself_only(cli: Cli, tmp_path: Path) -> None:
    folder, board = written(tmp_path / "run", epochs=2), tmp_path / "board"
    (board / "train").mkdir(parents=True)
    other = board / "train" / "events.out.tfevents.1.other"
    other.write_bytes(b"")
    for _ in range(2):
        assert cli(*words(folder), "--log", f"tensorboard:{board}").code == 0
    assert len(_read(board / "train").Scalars("accuracy")) == 2
    assert other.exists() and len(list(board.rglob("*.evalcli"))) == 3
    assert cli("show", folder / "history.jsonl", "--log", f"tensorboard:{board}").code == 0
    assert len(list(board.rglob("*.evalcli"))) == 3


def test_scores_and_comparisons_have_steps(cli: Cli, tmp_path: Path) -> None:
    folder, board = written(tmp_path / "run", epochs=2), tmp_path / "board"
    given = [folder / "val" / "epoch-2.npy", "--labels", folder / "val" / "y.npy"]
    for step in (4, 5):
        result = cli("score", *given, "--log", f"tensorboard:{board}", "--log-step", step, "--format", "json")
        assert result.code == 0
    found = _read(board)
    value = json.loads(result.out)["metrics"]["f1_macro"]["value"]
    assert [event.step for event in found.Scalars("f1_macro")] == [4, 5]
    assert found.Scalars("f1_macro")[-1].value == pytest.approx(value, rel=1e-6)
    assert "confusion" in found.Tags()["images"] and "roc" in found.Tags()["images"]
    both = cli("compare", folder / "val" / "epoch-1.npy", *given, "--log", f"tensorboard:{tmp_path / 'c'}")
    assert both.code == 0
    assert [event.step for event in _read(tmp_path / "c" / "epoch-1.npy").Scalars("accuracy")] == [0]
    assert "changes" in _read(tmp_path / "c").Tags()["images"]


def test_runs_and_scores_in_one_folder_leave_each_other_alone(cli: Cli, tmp_path: Path) -> None:
    one, other = (written(tmp_path / name, epochs=2, seed=seed) for name, seed in (("a", 0), ("b", 1)))
    board = tmp_path / "board"
    score = ["score", one / "val" / "epoch-2.npy", "--labels", one / "val" / "y.npy"]
    assert cli(*score, "--log", f"tensorboard:{board}", "--log-step", 9).code == 0
    assert cli(*words(one), "--log", f"tensorboard:{board / 'a'}").code == 0
    for _ in range(2):
        assert cli(*words(other), "--log", f"tensorboard:{board}").code == 0
    assert [event.step for event in _read(board / "a" / "train").Scalars("accuracy")] == [1, 2]
    assert [event.step for event in _read(board / "train").Scalars("accuracy")] == [1, 2]
    assert 9 in [event.step for event in _read(board).Scalars("accuracy")]


def test_classes_with_names_that_are_cleaned_to_the_same_are_apart(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    names = ["a b", "a_b", "a/b", "a|b"]
    path.write_text("label,pred\n" + "".join(f"{n},{names[i % 3]}\n" for i, n in enumerate(names * 9)))
    assert cli("score", path, "--log", f"tensorboard:{tmp_path / 'b'}").code == 0
    found = [tag for tag in _read(tmp_path / "b").Tags()["scalars"] if tag.startswith("recall/")]
    assert len(found) == 4 and all(len(_read(tmp_path / "b").Scalars(tag)) == 1 for tag in found)
