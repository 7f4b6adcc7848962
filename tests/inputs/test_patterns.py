from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError, UsageError
from evalcli.inputs.patterns import matches, pattern_of

NAMES = st.text("abcxyz019_.[]*?", min_size=1, max_size=8).filter(
    lambda name: name[0] != "."
)  # hidden files are left out


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_fields_are_text_within_one_name(tmp_path: Path) -> None:
    _touch(tmp_path, "train/epoch-1.npy", "val/epoch-10.npy", "val/deep/epoch-2.npy", "val/epoch-3.csv")
    pattern = pattern_of(f"{tmp_path}/{{split}}/epoch-{{epoch}}.npy")
    assert pattern.fields == ("split", "epoch") and pattern.root == str(tmp_path)
    found = [(match.values["split"], match.values["epoch"]) for match in matches(pattern)]
    assert sorted(found) == [("train", "1"), ("val", "10")]
    assert all(pattern.filled(match.values) == match.path for match in matches(pattern))


def test_a_field_twice_is_the_same_text(tmp_path: Path) -> None:
    _touch(tmp_path, "a/a.npy", "a/b.npy")
    assert [m.path for m in matches(pattern_of(f"{tmp_path}/{{s}}/{{s}}.npy"))] == [f"{tmp_path}/a/a.npy"]


@given(split=NAMES, epoch=st.integers(0, 999))
def test_a_filled_pattern_matches_what_filled_it(
    tmp_path_factory: pytest.TempPathFactory, split: str, epoch: int
) -> None:
    folder = tmp_path_factory.mktemp("run")
    pattern = pattern_of(f"{folder}/[x]*/{{split}}/e{{epoch}}.npy")
    path = Path(pattern.filled({"split": split, "epoch": str(epoch)}))
    path.parent.mkdir(parents=True)
    path.write_text("")
    assert [match.values for match in matches(pattern)] == [{"split": split, "epoch": str(epoch)}]


def test_nothing_and_braces_are_refused_with_what_there_is(tmp_path: Path) -> None:
    _touch(tmp_path, "val/ep-1.npy", "val/ep-2.npy")
    with pytest.raises(InputError, match="no file matches") as refused:
        matches(pattern_of(f"{tmp_path}/{{split}}/epoch-{{epoch}}.npy"))
    assert "ep-1.npy" in str(refused.value.hint)
    for text in ("run/{}/x", "run/{epoch", "run/{1}/x", "run/}x"):
        with pytest.raises(UsageError, match="braces"):
            pattern_of(text)
