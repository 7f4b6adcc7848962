"""The callbacks of docs/trackers.md save what `evalcli track` reads; each runs where its framework is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evalcli
from support.paths import ROOT

PAGE = (ROOT / "docs" / "trackers.md").read_text(encoding="utf-8")
LONGEST = 14


def _block(word: str) -> dict[str, Any]:
    """The names that the block with a word defines."""
    (code,) = (text for text in re.findall(r"```python\n(.*?)```", PAGE, re.S) if word in text)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/trackers.md", "exec"), names)
    return names


def _data(rows: int = 60) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 4)).astype("float32")
    return x, (x[:, 0] > 0).astype("int64") + (x[:, 1] > 1)


def _expect(folder: Path, y: Any, epochs: int) -> None:
    history = evalcli.track(f"{folder}/epoch-{{epoch}}.npy", f"{folder}/y.npy")
    assert history.numbers == tuple(range(1, epochs + 1))
    assert np.array_equal(np.load(folder / "y.npy"), y)


def test_they_are_short() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 3
    for block in blocks:
        body = block.split("\n\n\n", 1)[1]
        assert len([line for line in body.splitlines() if line.strip()]) <= LONGEST


def test_keras(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    x, y = _data()
    layers = [keras.layers.Input((4,)), keras.layers.Dense(3, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy")
    saver = _block("keras")["SavePredictions"](str(tmp_path / "val"), x, y)
    model.fit(x, y, epochs=3, verbose=0, callbacks=[saver])
    _expect(tmp_path / "val", y, 3)


def test_lightning(tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning")
    torch = pytest.importorskip("torch")
    x, y = map(torch.from_numpy, _data())

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 3)

        def training_step(self, batch: Any, batch_idx: int) -> Any:
            return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])

        def validation_step(self, batch: Any, batch_idx: int) -> Any:
            return self.layer(batch[0])

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters())

    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    saver = _block("lightning")["SavePredictions"](str(tmp_path / "val"))
    trainer = lightning.Trainer(
        max_epochs=3,
        callbacks=[saver],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(Module(), loader, loader)
    np.save(tmp_path / "val" / "y.npy", y.numpy())
    _expect(tmp_path / "val", y.numpy(), 3)


def test_a_loop_of_pytorch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    x, y = map(torch.from_numpy, _data())
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    save = _block("save_predictions")["save_predictions"]
    for epoch in (1, 2):
        save(torch.nn.Linear(4, 3), loader, str(tmp_path / "val"), epoch)
    _expect(tmp_path / "val", y.numpy(), 2)
