"""Label sets from several labels in one text field, e.g. a|b."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalcli.errors import AmbiguousInput
from evalcli.findings import use
from evalcli.inputs.class_names import in_order
from evalcli.inputs.labels import MISSING, Labels, LabelSets
from evalcli.text import join_names

SIGNS = ("|", ";", ",")
"""Separators of tags; if none of them occurs, whitespace."""


def split_tags(labels: Labels, separator: str | None, has_nulls: bool) -> LabelSets:
    """Label sets of a column of tags; ``separator``: given by the user, or None to detect it.

    An empty field has no tag, or with ``has_nulls`` (the user gave null values) a missing label.
    """
    sign = separator or _separator(labels)
    parts = [_split(name, sign) for name in labels.names]
    names = in_order({tag for tags in parts for tag in tags})
    places = {name: place for place, name in enumerate(names)}
    # a row for each text, and one for the rows without a text
    table = np.zeros((len(parts) + 1, len(names)), np.int8)
    for row, tags in zip(table, parts, strict=False):
        row[[places[tag] for tag in tags]] = 1
    if has_nulls:
        table[-1] = MISSING
    return LabelSets(np.ascontiguousarray(table[labels.codes].T), names, labels.where)


def _split(text: str, sign: str | None) -> list[str]:
    parts = [text] if sign is None else text.split(sign if sign.strip() else None)
    return [part.strip() for part in parts if part.strip()]


def _separator(labels: Labels) -> str | None:
    """The separator of tags: one that occurs, otherwise whitespace; None if every field is one tag."""
    found = separators(labels.names)
    if len(found) > 1:
        raise AmbiguousInput(
            "cannot tell what separates the labels of a row",
            where=labels.where,
            found=join_names(map(repr, found)),
            hint=use(label_sep=found[0]) | use(label_sep=found[1]),
            code="which-separator",
        )
    if found:
        return found[0]
    return " " if any(len(name.split()) > 1 for name in labels.names) else None


def separators(names: Sequence[str]) -> list[str]:
    """Separators of tags that occur in some of the names.

    >>> separators(["a|b", "b"]), separators(["great dane"])
    (['|'], [])
    """
    return [sign for sign in SIGNS if any(sign in name for name in names)]


def look_like_tags(names: Sequence[str]) -> str | None:
    """The separator if the names have fewer distinct tags than texts, or tags that occur alone; or None.

    >>> look_like_tags(["a|b", "a", "b", "c|a"]), look_like_tags(["New York, NY", "Boston, MA"])
    ('|', None)
    """
    for sign in ("|", ";"):
        split = [_split(name, sign) for name in names]
        several = [tags for tags in split if len(tags) > 1]
        alone = {tag for tags in split if len(tags) == 1 for tag in tags}
        tags = {tag for tags in split for tag in tags}
        if several and (len(tags) < len(names) or all(set(tags) <= alone for tags in several)):
            return sign
    return None
