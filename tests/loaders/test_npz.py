from __future__ import annotations

from pathlib import Path

import numpy as np

from evalcli.loaders.open import open_source


def test_arrays_of_other_shapes_are_left_alone(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "p.npz",
        probs=np.full((4, 2), 0.5),
        label=np.array([0, 1, 1, 0]),
        images=np.zeros((4, 3, 3)),
        classes=np.array(["a", "b"]),
        losses=np.zeros(900),
        when=np.array(["2020-01-01"], "M8[D]"),
        step=np.array(7),
    )
    source = open_source(str(tmp_path / "p.npz"))
    assert source.columns == ("probs", "label")
    assert "images, classes, losses, when, step" in source.remarks[0].message
