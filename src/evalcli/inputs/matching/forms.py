"""Ids that differ only in form: in case, whitespace, the form of numbers, prefixes or suffixes.

Such ids most likely identify the same rows. Both columns are read whole to compare them, and the result is
reported; rows are matched by folded ids only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import InputError
from evalcli.findings import omit
from evalcli.inputs.matching.index import IndexBuilder, RowIndex
from evalcli.inputs.matching.keys import Keys, as_texts, keys_from, keys_of
from evalcli.loaders.arrow_columns import column_of
from evalcli.loaders.source import Source
from evalcli.text import Expression, escape, join_names

MOST = 1_000_000
"""Maximum number of ids per file that are compared to explain an error."""
LONGEST = 200
"""Maximum length of a prefix or suffix."""
LEAST = 0.5
"""Proportion of the ids of one file that must match when folded to exclude chance."""
TRIED = 5
"""Number of ids from which prefixes and suffixes are derived."""
WHOLE = Expression(r"([+-]?\d+)\.0+")
PADDING = Expression(r"(?<![\d.])0+(?=\d)")
KINDS: dict[str, tuple[str, Callable[[str], str]]] = {
    "blanks": ("surrounding whitespace", str.strip),
    "case": ("case", str.casefold),
    "whole": ("the form of whole numbers (7.0 and 7)", lambda text: WHOLE.sub(r"\1", text)),
    "zeros": ("zero padding", lambda text: PADDING.sub("", text)),
}
"""Kinds of differences between ids: description and fold, applied in this order."""
BEFORE = ("blanks", "case")
"""Kinds that are folded before a prefix or suffix is removed."""


class Fold(Struct, frozen=True):
    """Makes ids of one file comparable. ``prefix``, ``suffix``: common to the file's ids, and removed."""

    prefix: str = ""
    suffix: str = ""

    def text(self, text: str, without: str = "") -> str:
        """Fold one id; ``without``: a kind of difference that is kept.

        >>> Fold("img/", ".jpg").text(" IMG/007.jpg"), Fold().text("5034.0"), Fold().text("v1.05")
        ('7', '5034', 'v1.05')
        """
        for kind, (_, fold) in KINDS.items():
            if kind == "whole":
                text = self._cut(text)
            if kind != without and (kind != "whole" or WHOLE.fullmatch(text)):
                text = fold(text)
        return text

    def _cut(self, text: str) -> str:
        inside, bare = len(text) > len(self.prefix) + len(self.suffix), text.casefold()
        if inside and bare.startswith(self.prefix) and bare.endswith(self.suffix):
            return text[len(self.prefix) : len(text) - len(self.suffix)]
        return text

    def __call__(self, keys: Keys) -> Keys:
        """Fold the ids of some rows."""
        texts = as_texts(keys)
        return keys_from([self.text(texts[row]) for row in range(len(texts))])


class Likeness(Struct, frozen=True):
    """Comparison of the folded ids of two files.

    ``matched``: number of common ids. ``differ``: descriptions of their differences. ``extra``: number of
    predictions without a label. ``missing``: number of labels without a prediction.
    """

    predictions: Fold
    labels: Fold
    matched: int
    differ: tuple[str, ...]
    extra: int = 0
    missing: int = 0


def ids_in(source: Source, name: str, most: int | None = None) -> list[str] | None:
    """A column of ids as strings; None if there are more than ``most``."""
    ids: list[str] = []
    for batch in source.batches([name], ids=[name]):
        texts = as_texts(keys_of(column_of(batch, name), source.place(name), len(ids)))
        ids += [texts[row] for row in range(len(texts))]
        if most is not None and len(ids) > most:
            return None
    return ids


def likeness(predictions: Sequence[str], labels: Sequence[str]) -> Likeness | None:
    """How to fold ids so that more of them match; None if folding has no effect or creates duplicates."""
    best = _best(predictions, labels)
    fewest = min(len(set(predictions)), len(set(labels)))
    if best is None or best.matched <= max(len(set(predictions) & set(labels)), LEAST * fewest):
        return None
    sides = ((predictions, best.predictions), (labels, best.labels))
    if any(_collisions(ids, fold) for ids, fold in sides):
        return None
    return replace(
        best,
        differ=tuple(_differences(predictions, labels, best)),
        extra=len(set(predictions)) - best.matched,
        missing=len(set(labels)) - best.matched,
    )


def _best(predictions: Sequence[str], labels: Sequence[str]) -> Likeness | None:
    plain = Likeness(Fold(), Fold(), _matches(predictions, labels, Fold(), Fold()), ())
    fewest = min(len(set(predictions)), len(set(labels)))
    if not fewest:
        return None
    if plain.matched < fewest:  # prefixes and suffixes are removed only if all ids match then
        for fold in _around(predictions, labels):
            if _matches(predictions, labels, fold, Fold()) == fewest:
                return replace(plain, predictions=fold, matched=fewest)
        for fold in _around(labels, predictions):
            if _matches(predictions, labels, Fold(), fold) == fewest:
                return replace(plain, labels=fold, matched=fewest)
    return plain


def _matches(
    predictions: Sequence[str], labels: Sequence[str], left: Fold, right: Fold, without: str = ""
) -> int:
    names = {right.text(text, without) for text in labels}
    return len(names & {left.text(text, without) for text in predictions})


def _around(longer: Sequence[str], shorter: Sequence[str]) -> list[Fold]:
    """Folds that remove a prefix or suffix from one file's ids, never within a word or a number."""
    texts = [_bare(text) for text in longer]
    names = {Fold().text(text) for text in shorter}
    prefix, suffix = _shared(texts), _shared([text[::-1] for text in texts])
    found: dict[Fold, None] = {}
    for text in texts[:TRIED]:
        begins = [at for at in range(len(prefix) + 1) if _is_edge(text, at)]
        ends = [len(text) - at for at in range(len(suffix) + 1) if _is_edge(text, len(text) - at)]
        for begin in begins:
            for end in ends:
                cut = (begin or end < len(text)) and begin < end
                if cut and Fold().text(text[begin:end]) in names:
                    found[Fold(text[:begin], text[end:])] = None
    return list(found)


def _shared(texts: Sequence[str]) -> str:
    """The common prefix of all texts."""
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return first[: min(next((at for at, (a, b) in pairs if a != b), min(len(first), len(last))), LONGEST)]


def _bare(text: str) -> str:
    for kind in BEFORE:
        text = KINDS[kind][1](text)
    return text


def _is_edge(text: str, at: int) -> bool:
    """Whether a word or a number ends or begins at a position."""
    if not 0 < at < len(text):
        return True
    left, right = text[at - 1], text[at]
    return not ((left.isdigit() and right.isdigit()) or (left.isalpha() and right.isalpha()))


def _collisions(ids: Sequence[str], fold: Fold) -> list[str]:
    """The first two different ids that are the same when folded, or an empty list."""
    known: dict[str, str] = {}
    for text in ids:
        other = known.setdefault(fold.text(text), text)
        if other != text:
            return [other, text]
    return []


def _differences(predictions: Sequence[str], labels: Sequence[str], best: Likeness) -> list[str]:
    """Descriptions of the differences: each kind without which fewer ids match."""
    words = [
        description
        for kind, (description, _) in KINDS.items()
        if _matches(predictions, labels, best.predictions, best.labels, kind) < best.matched
    ]
    for fold, side in ((best.predictions, "predictions"), (best.labels, "labels")):
        parts = [
            f"{what} {escape(text)!r}"
            for what, text in (("the prefix", fold.prefix), ("the suffix", fold.suffix))
            if text
        ]
        if parts:
            words.append(f"{' and '.join(parts)} of the {side}")
    return words


def folded_index(
    predictions: Source, column: str, labels: Source, label_column: str
) -> tuple[RowIndex, Fold]:
    """The index of the labels' folded ids, and how the ids of the predictions are folded.

    Raises an ``InputError`` if different ids of a file are the same when folded.
    """
    sides = (ids_in(predictions, column) or [], ids_in(labels, label_column) or [])
    best = _best(*sides) or Likeness(Fold(), Fold(), 0, ())
    folds = (best.predictions, best.labels)
    for ids, fold, source, name in zip(
        sides, folds, (predictions, labels), (column, label_column), strict=True
    ):
        same = _collisions(ids, fold)
        if same:
            raise InputError(
                "ids that differ only in form are different ids here",
                where=source.place(name),
                found=f"{join_names(same)}: both are {escape(fold.text(same[0]))} with --fold-ids",
                hint=omit("fold_ids"),
                code="duplicate-ids",
            )
    builder = IndexBuilder(labels.place(label_column))
    builder.add_keys(best.labels(keys_from(sides[1])))
    return builder.done(), best.predictions


__all__ = ["MOST", "Fold", "Likeness", "folded_index", "ids_in", "likeness"]
