from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.errors import AmbiguousInput, InputError
from evalcli.inputs.run_folder import run_in

LAYOUTS = {
    "splits": (
        ["train/epoch-01.npy", "train/epoch-02.npy", "val/epoch-01.npy", "train/y.npy", "val/y.npy"],
        ("{split}/epoch-{epoch}.npy", "{split}/y.npy"),
    ),
    "in the name": (
        ["val_ep3.csv", "val_ep4.csv", "train_ep3.csv", "labels_val.csv", "labels_train.csv"],
        ("{split}_ep{epoch}.csv", "labels_{split}.csv"),
    ),
    "no split": (
        ["epoch_1.parquet", "epoch_2.parquet", "labels.csv"],
        ("epoch_{epoch}.parquet", "labels.csv"),
    ),
    "labels inside": (["preds-1.csv", "preds-2.csv"], ("preds-{epoch}.csv", None)),
    "folders of epochs": (
        ["epoch=0/val.parquet", "epoch=1/val.parquet", "labels/val.npy", "history.jsonl"],
        ("epoch={epoch}/{split}.parquet", "labels/{split}.npy"),
    ),
    "labels of each": (
        ["epoch1/probs.npy", "epoch1/y.npy", "epoch2/probs.npy", "epoch2/y.npy"],
        ("epoch{epoch}/probs.npy", "epoch{epoch}/y.npy"),
    ),
    "names of Lightning": (
        ["epoch=1-step=77.npy", "epoch=2-step=154.npy", "y.npy"],
        ("epoch={epoch}-step={step}.npy", "y.npy"),
    ),
    "the word wins": (["s42/epoch7.npy", "s42/epoch8.npy"], ("s42/epoch{epoch}.npy", None)),
    "others": (["epoch-1.npy", "epoch-2.npy", "notes.txt", "model-1.pt"], ("epoch-{epoch}.npy", None)),
    "a log": (["metrics.csv", "hparams.yaml"], ("metrics.csv", None)),
}


def _made(folder: Path, names: list[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_patterns_of_layouts(tmp_path: Path, layout: str) -> None:
    names, (pattern, labels) = LAYOUTS[layout]
    _made(tmp_path, names)
    found = run_in(str(tmp_path))
    assert found.pattern == str(tmp_path / pattern)
    assert found.labels == (None if labels is None else str(tmp_path / labels))


def test_two_kinds_of_predictions_are_a_question(tmp_path: Path) -> None:
    _made(tmp_path, ["logits-1.npy", "logits-2.npy", "probs-1.npy", "probs-2.npy"])
    with pytest.raises(AmbiguousInput, match="which files are the predictions"):
        run_in(str(tmp_path))
    _made(tmp_path / "b", ["e1.npy", "e2.npy", "y.npy", "labels.csv"])
    with pytest.raises(AmbiguousInput, match="which files are the labels"):
        run_in(str(tmp_path / "b"))


def test_a_folder_without_epochs_is_refused(tmp_path: Path) -> None:
    _made(tmp_path, ["readme.csv", ".hidden/epoch-1.npy"])
    with pytest.raises(InputError, match="no predictions of epochs"):
        run_in(str(tmp_path))
