"""Edit distance of two words, and the names near a word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

FAR = 3
"""Edit distance from which on two words count as unrelated."""


def edits(left: str, right: str) -> int:
    """Edit distance: letters to insert, delete, replace or swap with their neighbour; at most ``FAR``.

    >>> edits("recall", "recal"), edits("form", "from"), edits("recall", "precision")
    (1, 1, 3)
    """
    if abs(len(left) - len(right)) >= FAR:
        return FAR
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) >= FAR and min(before) >= FAR:
            return FAR
    return min(row[-1], FAR)


def near(word: str, names: Iterable[str]) -> dict[str, int]:
    """The names that are fewer than ``FAR`` edits away, with their distance."""
    letters = _letters(word)
    # an edit changes at most two letters of the set
    candidates = [name for name in names if (_letters(name) ^ letters).bit_count() <= 2 * (FAR - 1)]
    distances = {name: edits(word, name) for name in candidates}
    return {name: distance for name, distance in distances.items() if distance < FAR}


def closest(word: str, names: Iterable[str]) -> str | None:
    """The nearest name, if one is near and no other is as near.

    >>> closest("never-predictd", ["never-predicted", "row-order"])
    'never-predicted'
    """
    distances = near(word, names)
    nearest = [name for name, distance in distances.items() if distance == min(distances.values())]
    return nearest[0] if len(nearest) == 1 else None


@lru_cache(maxsize=4096)
def _letters(word: str) -> int:
    """The set of a word's letters, as bits."""
    letters = 0
    for letter in word:
        letters |= 1 << (ord(letter) & 63)
    return letters
