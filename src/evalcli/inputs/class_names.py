"""Names of labels and classes: their numeric values, and which label is which class."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from evalcli.errors import EXAMPLES, AmbiguousInput, InputError
from evalcli.findings import Blank, Hint, Place, use
from evalcli.text import escape, join_names, suggest

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
PLAIN = re.compile(r"([+-]?)(0|[1-9]\d*)(\.0*)?", re.ASCII)
"""Whole numbers without leading zeros."""
BOOLEANS = {"false": "0", "true": "1"}
EXPONENT = re.compile(r"[+-]?\d(\.\d*)?[eE][+-]?\d{1,3}", re.ASCII)
"""Numbers as NumPy writes them: 1.000000000000000000e+00."""
EXACT = 2.0**53
MARKS = (255, 65535)
"""Values without a class in label images."""
FAR = 10
"""Smallest distance from all other numbers at which a number is not a class."""
WHOLE_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


def unknown_labels_error(
    unknown: Sequence[str], names: Sequence[str], classes: Sequence[str], where: Place, rows: Sequence[int]
) -> InputError:
    """The error for labels that are not classes, in ``rows``; a question if they are similar to classes."""
    about: dict[str, Any] = {"count": len(rows) or None, "rows": rows[:EXAMPLES]}
    step = label_offset(names, classes)
    if step:
        low, high = (canonical(in_order(names)[end]) for end in (0, -1))
        return AmbiguousInput(
            f"labels run from {low} to {high}, "
            f"classes from {in_order(classes)[0]} to {in_order(classes)[-1]}",
            where=where,
            hint=use(
                f"if label {low} is class {int(low) + step}",
                classes=as_option([str(int(canonical(c)) - step) for c in classes]),
            ),
            code="labels-shifted",
        )
    folded = {fold_case(name): name for name in classes}
    similar = [(name, folded[fold_case(name)]) for name in unknown if fold_case(name) in folded]
    if similar:
        return AmbiguousInput(
            "labels and classes differ only in case or whitespace",
            where=where,
            found=join_names((f"{label!r} and {cls!r}" for label, cls in similar), 3),
            hint=use("if they mean the same", fold_names=True),
            code="names-differ",
            **about,
        )
    like = suggest(unknown[0], classes)
    mark = far_number([*classes, *unknown]) if len(unknown) == 1 else None
    if mark == unknown[0]:
        like = None
    return InputError(
        f"{len(unknown)} label{'s are' if len(unknown) > 1 else ' is'} not among the {len(classes)} classes",
        where=where,
        found=f"{join_names(map(repr, unknown))}; the classes are {join_names(classes)}",
        hint=_unknown_hint(unknown[0], like, mark == unknown[0] or len(unknown) * 4 <= len(names)),
        code="unknown-labels",
        **about,
    )


def _unknown_hint(label: str, like: str | None, few: bool) -> Hint:
    """What to do about labels that are no class. ``few``: whether they are few of the labels."""
    if like:
        return f"write {like!r} for {label!r}" | use("if its rows do not count", ignore_label=label)
    if few:
        return (
            use("if their rows do not count", ignore_label=label)
            | use("if they mark missing labels", null_values=label, missing="drop")
            | "fix the labels"
        )
    return use("with other score columns", score_cols=Blank("NAMES")) | use(
        "with another column of labels", label_col=Blank("NAME")
    )


def far_number(names: Iterable[str]) -> str | None:
    """An integer far from all others, which is more likely a mark for rows to ignore than a class.

    It is the only negative number, or one of ``MARKS``, or at least half of the numbers in the range of the
    others occur.

    >>> far_number(["0", "1", "2", "-100"]), far_number(["255", "0", "20"]), far_number(["0", "9", "400"])
    ('-100', '255', None)
    >>> far_number(["-1", "1"]), far_number(["0", "1", "-1"]), far_number(["a", "b", "-100"])
    (None, None, None)
    """
    texts = {canonical(name): name for name in names}
    if len(texts) < 3 or not all(WHOLE_NUMBER.fullmatch(text) for text in texts):
        return None
    values = sorted(map(int, texts))
    for far, rest in ((values[0], values[1:]), (values[-1], values[:-1])):
        span = rest[-1] - rest[0]
        gap = min(abs(far - rest[0]), abs(far - rest[-1]))
        usual = far < 0 <= rest[0] or far in MARKS
        if gap > max(span, FAR) and (usual or 2 * len(rest) > span):
            return texts[str(far)]
    return None


def as_option(names: Sequence[str], most: int = 100) -> tuple[str, ...] | Blank:
    """Names as the value of an option; a placeholder if there are many, or names with commas."""
    if any("," in name for name in names):
        return Blank("FILE")
    return tuple(names) if len(names) <= most else Blank(",".join([*map(escape, names[:3]), "..."]))


def label_offset(names: Sequence[str], classes: Sequence[str]) -> int:
    """Offset from all labels to the classes, if both are consecutive integers; otherwise 0."""
    label_texts, class_texts = list(map(canonical, names)), list(map(canonical, classes))
    if not label_texts or not all(WHOLE_NUMBER.fullmatch(name) for name in (*label_texts, *class_texts)):
        return 0
    low, high = min(map(int, label_texts)), max(map(int, label_texts))
    first, last = min(map(int, class_texts)), max(map(int, class_texts))
    if last - first != len(classes) - 1:
        return 0
    if low - first == high - last:
        return first - low
    if high == last + 1 and low > first:
        return -1
    return 1 if low == first - 1 and high < last else 0


def fold_case(name: str) -> str:
    """A name without differences in case and whitespace.

    >>> fold_case(" Great  Dane"), fold_case("CAT") == fold_case("cat")
    ('great dane', True)
    """
    return " ".join(name.split()).casefold()


def look_alikes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that differ only in case or whitespace.

    >>> look_alikes(["cat", "dog", "Cat "])
    [('cat', 'Cat ')]
    """
    known: dict[str, str] = {}
    pairs = [(known.setdefault(fold_case(name), name), name) for name in names]
    return [(left, right) for left, right in pairs if canonical(left) != canonical(right)]


def parse_number(text: str) -> float | None:
    """The number in a label, if it is one.

    >>> parse_number("1.0"), parse_number("cat"), parse_number("nan"), parse_number("1_0")
    (1.0, None, None, None)
    """
    value = float(text) if NUMBER.fullmatch(text) else math.inf
    return value if abs(value) < math.inf else None


def numeric_values(names: Iterable[str]) -> list[float] | None:
    """The numbers in labels; None if one of them is not a number.

    >>> numeric_values(["1", "2.5"]), numeric_values(["1", "cat"])
    ([1.0, 2.5], None)
    """
    values = [parse_number(name) for name in names]
    numbers = [value for value in values if value is not None]
    return numbers if len(numbers) == len(values) else None


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Sorted class names: numbers as numbers, before words.

    >>> in_order(["10", "2", "b", "a"])
    ('2', '10', 'a', 'b')
    """

    def key(name: str) -> tuple[bool, float, str]:
        value = parse_number(name)
        return (value is None, value or 0.0, name)

    return tuple(sorted(names, key=key))


def class_indices(
    names: Sequence[str], classes: Sequence[str], by_index: bool = False, folded: bool = False
) -> list[int | None]:
    """Class index of each name by its text, otherwise by its number or boolean; None if there is no class.

    ``folded``: whether case and whitespace are ignored.

    >>> class_indices(["true", "false"], ["0", "1"])
    [1, 0]
    >>> class_indices(["1.0", "01"], ["1", "2"])
    [0, None]
    """
    if by_index:
        numbers = [parse_number(name) for name in names]
        return [
            int(p) if p is not None and p.is_integer() and 0 <= p < len(classes) else None for p in numbers
        ]
    exact = {name: index for index, name in enumerate(classes)}
    by_canonical = {canonical(name): index for index, name in enumerate(classes)}
    if len(by_canonical) < len(exact):
        by_canonical = {}
    loosely = {fold_case(name): index for index, name in enumerate(classes)} if folded else {}
    return [exact.get(n, by_canonical.get(canonical(n), loosely.get(fold_case(n)))) for n in names]


def canonical(name: str) -> str:
    """The canonical spelling of a name: one for all spellings of an integer or boolean.

    Numbers are compared as text, so that they are exact at any size.

    >>> canonical("1.0"), canonical("True"), canonical("01"), canonical("cat"), canonical("-0.0")
    ('1', '1', '01', 'cat', '0')
    """
    match = PLAIN.fullmatch(name)
    if not match and EXPONENT.fullmatch(name) and float(name).is_integer() and abs(float(name)) < EXACT:
        return str(int(float(name)))
    if not match:
        return BOOLEANS.get(name.lower(), name if name.isascii() else unicodedata.normalize("NFC", name))
    return f"-{match[2]}" if match[1] == "-" and match[2] != "0" else match[2]


def by_index(names: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether the labels are class indices: all in 0 to k - 1, and no class is named by a number."""
    if not names or any(code is not None for code in class_indices(names, classes)):
        return False
    return None not in class_indices(names, classes, by_index=True) and all(
        parse_number(c) is None for c in classes
    )


def unnamed_classes(names: Sequence[str], k: int, where: Place) -> tuple[str, ...]:
    """Class names for k unnamed score columns, from the labels.

    Labels in 0 to k - 1 are column indices; k words are in sorted order; other labels are a question.
    """
    plain = tuple(str(j) for j in range(k))
    if None not in class_indices(names, plain):
        return plain
    values = [parse_number(name) for name in names]
    ordered = in_order(names)
    if None not in values and ordered == tuple(str(j) for j in range(1, k + 1)):
        raise AmbiguousInput(
            f"labels run from 1 to {k}, score columns from 0 to {k - 1}",
            where=where,
            hint=use("if label 1 is the first column", classes=as_option(ordered)),
            code="labels-shifted",
        )
    if len(names) == k:
        return ordered
    raise AmbiguousInput(
        f"{len(names)} different labels, {k} score columns without names",
        where=where,
        found=f"labels {join_names(ordered)}",
        hint=use("with all classes in the order of the columns", classes=Blank("NAMES")),
    )
