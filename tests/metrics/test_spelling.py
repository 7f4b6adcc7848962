from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalcli.metrics.spelling import FAR, closest, edits, near

WORDS = st.text("abc", max_size=6)


@given(WORDS, WORDS)
def test_edits_are_a_distance(left: str, right: str) -> None:
    assert edits(left, right) == edits(right, left)
    assert (edits(left, right) == 0) == (left == right)
    assert abs(len(left) - len(right)) <= edits(left, right) or edits(left, right) == FAR


@given(WORDS, st.data())
def test_one_edit_is_one(word: str, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(word)))
    letter = data.draw(st.sampled_from("xyz"))
    assert edits(word, word[:i] + letter + word[i:]) == 1
    if i < len(word):
        assert edits(word, word[:i] + letter + word[i + 1 :]) == 1
        assert edits(word, word[:i] + word[i + 1 :]) == 1


@given(WORDS, st.lists(WORDS, max_size=8))
def test_near_finds_all_that_are_near(word: str, names: list[str]) -> None:
    assert near(word, names) == {name: edits(word, name) for name in names if edits(word, name) < FAR}


def test_closest_is_one_or_none() -> None:
    assert closest("regresion", ["regression", "binary"]) == "regression"
    assert closest("fxr", ["fpr", "fnr"]) is None
    assert closest("multi", ["multiclass", "multilabel"]) is None
