from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalcli.sinks.sink import tags

PARTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=6), min_size=1, max_size=3).map(tuple)


@given(names=st.lists(PARTS, unique=True, max_size=12))
def test_tags_differ_and_have_no_unusual_characters(names: list[tuple[str, ...]]) -> None:
    found = list(tags(names))
    assert len(found) == len(names) == len(set(found))
    for tag in found:
        assert "//" not in tag and not any(part in ("", ".", "..") for part in tag.split("/"))
