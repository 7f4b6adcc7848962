from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
    assert source.class_names == ("a", "b")
    assert "images, losses, when, step" in source.remarks[0].message


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"classes": ["zebra", "ant"]}, ("zebra", "ant")),
        ({"label_names": [7, 3, 5]}, ("7", "3", "5")),
        ({"target_names": np.array([b"x", b"y"])}, ("x", "y")),
        ({"class_names": ["a", "a"]}, ()),
        ({"categories": [0.5, 1.5]}, ()),
        ({"classes": ["a", "b", "a", "b"]}, ()),
        ({"names": ["a", "b"]}, ()),
        ({"classes": [["a", "b"]]}, ()),
    ],
)
def test_names_of_classes_beside_the_rows(
    names: dict[str, Any], expected: tuple[str, ...], tmp_path: Path
) -> None:
    np.savez(tmp_path / "p.npz", probs=np.full((4, 2), 0.5), label=np.array([0, 1, 1, 0]), **names)
    source = open_source(str(tmp_path / "p.npz"))
    assert source.class_names == expected
    told = bool(expected) or "classes" in source.columns
    assert [remark.code for remark in source.remarks] == ([] if told else ["arrays-not-read"])
