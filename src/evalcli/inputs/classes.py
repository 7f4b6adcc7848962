"""The task, the classes and their order, and the score column of each class."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Blank, Hint, Place, instead, use
from evalcli.inputs.class_names import (
    as_option,
    by_index,
    canonical,
    class_indices,
    far_number,
    fold_case,
    in_order,
    label_offset,
    look_alikes,
    numeric_values,
    parse_number,
    unnamed_classes,
)
from evalcli.inputs.labels import Labels
from evalcli.inputs.options import Options
from evalcli.inputs.positive import find_positive
from evalcli.inputs.roles import Roles
from evalcli.tasks import BINARY, MULTICLASS, Task
from evalcli.text import Expression, escape, join_names, suggest

MANY = 20
"""Number of distinct numbers above which labels are unlikely to be classes, unless they start at 0 or 1."""
DATE = Expression(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$|\d{2}:\d{2}(?::\d{2})?$", re.ASCII)
PAIRS = (("0", "1"), ("false", "true"), ("-1", "1"))


class Classes(Struct, frozen=True):
    """``columns``: index of each class's score column, or None for one column or no scores.

    ``positive``: index of the positive class of binary data, otherwise None. ``by_index``: labels are indices
    into ``names``. ``folded``: names match if they differ only in case or whitespace. ``assumed``: the
    assumption about the order of the classes, as text.
    """

    names: tuple[str, ...]
    positive: int | None
    columns: tuple[int, ...] | None
    by_index: bool = False
    folded: bool = False
    assumed: str | None = None

    @property
    def task(self) -> Task:
        """Binary or multiclass."""
        return MULTICLASS if self.positive is None else BINARY


def resolve(
    roles: Roles, width: int, truth: Labels, predicted: Labels | None, options: Options, where: Place
) -> Classes:
    """Find the classes. ``width``: number of score columns; ``where``: the predictions."""
    # "true" in the predictions is "1" in the labels; two names in the labels are two classes
    known = {canonical(name) for name in truth.names}
    more = {canonical(name): name for name in (predicted.names if predicted else ())}
    observed = (*truth.names, *(name for plain, name in more.items() if plain not in known))
    mark = None if options.classes else _mark(roles, width, truth, predicted)
    _refuse_numeric_targets(truth, predicted, width, options, mark)
    if mark is not None:
        raise _question_of_mark(mark, truth, observed)
    if predicted is not None and not width and not options.classes:
        _refuse_unmatched(truth, predicted, observed, options)
    if options.fold_names:
        observed = tuple({fold_case(name): name for name in reversed(observed)}.values())[::-1]
    elif not options.classes:
        _refuse_look_alikes(observed, truth.where)
    names, columns = _names(roles, width, truth, observed, options, where)
    if len(names) < 2:
        raise InputError(
            "a single class",
            where=truth.where,
            found=join_names(names),
            hint=use("with all classes", classes=Blank("NAMES")),
            code="single-class",
        )
    if len(set(names)) < len(names):
        raise UsageError(
            "duplicate class name",
            found=join_names(n for n in names if names.count(n) > 1),
            hint="give each class its own name",
        )
    positive = find_positive(names, roles, width, options)
    _refuse_doubtful(names, roles, width, truth, options, where)
    indexed = by_index(truth.names, names)
    assumed = None
    unnamed = width > 1 and not options.classes and roles.class_names is None
    if unnamed and names != roles.stored_classes and _has_two_orders(names, roles.text_labels):
        order = "the order of the label columns" if truth.ordered else "sorted order"
        assumed = f"the scores have no names: assumed to be the classes in {order}, {join_names(names)}"
    return Classes(
        names=names,
        positive=positive,
        columns=columns,
        by_index=indexed,
        folded=options.fold_names,
        assumed=assumed,
    )


def _refuse_doubtful(
    names: Sequence[str], roles: Roles, width: int, truth: Labels, options: Options, where: Place
) -> None:
    """Ask about columns that may not be classes, and labels that may be class indices."""
    found = class_indices(names, truth.names, folded=options.fold_names)
    labelled = [name for name, place in zip(names, found, strict=True) if place is not None]
    bare = width > 1 and not (roles.prefix or roles.listed or options.classes or options.score_cols)
    if bare and 1 < len(labelled) < len(names) and parse_number(names[0]) is None:
        raise AmbiguousInput(
            "some score columns are named after labels, others are not",
            where=where,
            found=f"no label is {join_names(name for name in names if name not in labelled)}",
            hint=use(score_cols=as_option(labelled))
            | use("if all columns are classes", classes=as_option(names)),
            code="which-scores",
        )
    ordered = in_order(truth.names)
    words = all(parse_number(name) is None for name in names)
    if words and not options.classes and ordered == tuple(str(j + 1) for j in range(len(names))):
        raise AmbiguousInput(
            f"labels run from 1 to {len(names)}, and the score columns have names",
            where=truth.where,
            found=f"columns {join_names(names)}",
            hint=use(
                "if label 1 is the first column",
                score_cols=as_option(roles.scores),
                classes=as_option(ordered),
            ),
            code="labels-shifted",
        )
    if by_index(truth.names, names) and not options.classes:
        raise AmbiguousInput(
            "the labels are numbers, but the score columns have names",
            where=truth.where,
            found=f"labels {join_names(in_order(truth.names))}; columns {join_names(names)}",
            hint=use("if this is the order of the label numbers", classes=as_option(names))
            | use("to choose other columns", score_cols=Blank("NAMES")),
        )


def _refuse_unmatched(truth: Labels, predicted: Labels, observed: Sequence[str], options: Options) -> None:
    """Ask about predicted classes with another numbering, or without any label in common."""
    common = set(map(canonical, truth.names)) & set(map(canonical, predicted.names))
    step = label_offset(predicted.names, truth.names)
    if step:
        raise AmbiguousInput(
            f"labels run from {in_order(truth.names)[0]} to {in_order(truth.names)[-1]}, "
            f"predicted classes from {in_order(predicted.names)[0]} to {in_order(predicted.names)[-1]}",
            where=truth.where,
            hint="use the same numbering in both (from 0 or from 1)"
            | use("if they are right", classes=as_option(in_order(observed))),
            code="labels-shifted",
        )
    asked = options.fold_names or options.task != "auto"
    if not common and not asked and len(truth.names) > 1 and predicted.names:
        _refuse_look_alikes(observed, truth.where)
        labels, predictions = (join_names(in_order(names), 5) for names in (truth.names, predicted.names))
        raise AmbiguousInput(
            "labels and predicted classes have no value in common",
            where=truth.where,
            found=f"labels {labels}; predicted {predictions}",
            hint=_in_common(truth.names, predicted.names)
            or "write the same names in both"
            | use("for numeric targets", task="regression")
            | use("if they are right", task="multiclass"),
            code="unknown-labels",
        )


def _mark(roles: Roles, width: int, truth: Labels, predicted: Labels | None) -> str | None:
    """A label far from all other numbers that is never predicted, e.g. -100; None if it may be a class."""
    known = set(map(canonical, predicted.names if predicted else ()))
    far = far_number((*truth.names, *(predicted.names if predicted else ())))
    if far is None or canonical(far) in known:
        return None
    if width > 1 and roles.class_names is None:
        # unnamed scores belong to classes 0, 1, ... or to the labels, if there is one column per label
        rest = [name for name in truth.names if name != far]
        return far if None not in class_indices(rest, [str(j) for j in range(width + 1)]) else None
    if width > 1:
        return None  # an unknown label is refused by name
    return far if predicted is not None or width else None


def _question_of_mark(mark: str, truth: Labels, observed: Sequence[str]) -> AmbiguousInput:
    rows = truth.codes == truth.names.index(mark)
    rest = in_order(name for name in observed if name != mark)
    return AmbiguousInput(
        f"label {escape(mark)} is far from the other classes and never predicted: does it mark rows to be "
        "ignored?",
        where=truth.where.at(row=truth.first_row(mark)),
        found=f"{int(rows.sum()):,} of {len(truth):,} rows; the other classes are {join_names(rest, 5)}",
        hint=use("if these rows do not count", ignore_label=mark)
        | use("if they have no label", null_values=mark, missing="drop")
        | use("if it is a class", classes=as_option(in_order(observed))),
        code="unknown-labels",
        count=int(rows.sum()),
    )


def _in_common(labels: Sequence[str], predicted: Sequence[str]) -> Hint | None:
    """The hint for labels 0, 1, 2 that index predicted words, e.g. LABEL_0, LABEL_1."""
    places = {canonical(name) for name in labels}
    words = not any(parse_number(name) is not None for name in predicted)
    if not words or places != {str(j) for j in range(len(predicted))}:
        return None
    return use("if the labels are their positions in this order", classes=as_option(in_order(predicted)))


def _refuse_look_alikes(names: Sequence[str], where: Place) -> None:
    similar = look_alikes(names)
    if similar:
        raise AmbiguousInput(
            "class names differ only in case or whitespace",
            where=where,
            found=join_names((f"{left!r} and {right!r}" for left, right in similar), 3),
            hint=use("if they mean the same", fold_names=True)
            | use("if they are different classes", classes=as_option(in_order(names))),
            code="names-differ",
        )


def _refuse_numeric_targets(
    truth: Labels, predicted: Labels | None, width: int, options: Options, mark: str | None
) -> None:
    """Ask about integers in labels and predictions that may be numeric targets, e.g. ages."""
    if predicted is None or width or options.classes or options.task != "auto":
        return
    if all(DATE.match(name) for name in truth.names):
        raise AmbiguousInput(
            "the labels are dates or times",
            where=truth.where,
            found=join_names(in_order(truth.names), 3),
            hint=use("if they are classes", task="multiclass") | "write them as numbers for regression",
            code="classes-or-amounts",
        )
    names = [name for name in truth.names if name != mark]
    values = numeric_values((*names, *predicted.names))
    if values is None:
        return
    known = set(map(canonical, names))
    unmatched = sum(canonical(name) not in known for name in predicted.names)
    spread = len(known) > MANY and min(values) not in (0, 1)
    if unmatched > max(2, len(predicted.names) / 3) or spread:
        raise AmbiguousInput(
            "cannot tell whether these numbers are class labels or numeric targets",
            where=truth.where,
            found=f"labels {join_names(in_order(truth.names))}; "
            f"predicted {join_names(in_order(predicted.names))}",
            hint=use("for numeric targets", task="regression") | use("for class labels", task="multiclass"),
        )


def _names(
    roles: Roles, width: int, truth: Labels, observed: Sequence[str], options: Options, where: Place
) -> tuple[tuple[str, ...], tuple[int, ...] | None]:
    given = options.classes
    if width <= 1:
        if given:
            return given, None
        return (_pair(observed, truth.where) if width else in_order(observed)), None
    order, in_file = tuple(range(width)), roles.class_names
    numbered = in_file is not None and all(parse_number(name) is not None for name in in_file)
    # prob_10 after prob_2, whatever their order in the file
    by_number = sorted(order, key=lambda j: parse_number((in_file or ())[j]) or 0.0) if numbered else order
    if not given:
        if len(roles.stored_classes) == width and (in_file is None or numbered):
            return _stored_names(roles.stored_classes, truth, where), tuple(by_number)
        if in_file is not None and numbered:
            _refuse_words(truth, in_file, width)
            return tuple(in_file[j] for j in by_number), tuple(by_number)
        label_names = truth.names if truth.ordered and len(truth.names) == width else None
        return in_file or label_names or unnamed_classes(observed, width, truth.where), order
    if len(given) != width:
        raise UsageError(
            f"{len(given)} classes are given, but there are {width} score columns",
            where=where,
            hint=use("with one name per score column", classes=Blank("NAMES")),
        )
    if in_file is None:
        return given, order
    indices = class_indices(given, in_file, folded=options.fold_names)
    if None not in indices:
        return given, tuple(index for index in indices if index is not None)
    if numbered:
        return given, tuple(by_number)
    missing = [name for name, index in zip(given, indices, strict=True) if index is None]
    in_order_of_columns = ",".join(options.score_cols) == ",".join(roles.scores)
    if len(missing) == len(given) and in_order_of_columns:
        return given, order
    like = suggest(missing[0], in_file)
    raise UsageError(
        "the given classes and the score columns differ",
        where=where,
        found=f"no column for {join_names(missing)}; columns are for {join_names(in_file)}",
        hint=instead(missing[0], like)
        if like
        else use("in the order of the classes", score_cols=as_option(roles.scores))
        if len(missing) == len(given)
        else use(classes=as_option(in_file)),
    )


def _refuse_words(truth: Labels, column_classes: Sequence[str], width: int) -> None:
    """Ask about labels that are words, if the score columns are numbered."""
    words = [name for name in truth.names if parse_number(canonical(name)) is None]
    if len(words) == len(truth.names) == width > 1:
        raise AmbiguousInput(
            "the labels are words, but the score columns are numbered",
            where=truth.where,
            found=f"labels {join_names(in_order(truth.names))}; columns for {join_names(column_classes)}",
            hint=use("if the columns are in this order", classes=as_option(in_order(truth.names))),
            code="which-classes",
        )


def _stored_names(stored: Sequence[str], truth: Labels, where: Place) -> tuple[str, ...]:
    """The class names stored in the scores' file, unless the labels contradict them."""
    found = class_indices(truth.names, stored)
    plain = tuple(map(str, range(len(stored))))
    if None not in found or by_index(truth.names, stored):
        return tuple(stored)
    if None not in class_indices(truth.names, plain):
        return plain
    raise AmbiguousInput(
        "the class names in the file do not match the labels",
        where=where,
        found=f"classes {join_names(stored)}; labels {join_names(truth.names)}",
        hint=use("if that is the order of the columns", classes=as_option(in_order(truth.names))),
        code="unknown-labels",
    )


def _pair(observed: Sequence[str], labels_at: Place) -> tuple[str, ...]:
    """The two classes of a single score column."""
    if len(observed) == 2:
        return in_order(observed)
    for pair in PAIRS:
        if len(observed) == 1 and None not in class_indices(observed, pair):
            return pair
    raise AmbiguousInput(
        f"one score column, but {len(observed)} different labels",
        where=labels_at,
        found=join_names(in_order(observed)),
        hint=use("for numeric targets", task="regression")
        | use("with one score column per class", score_cols=Blank("NAMES"))
        | use("with both classes", classes=Blank("NAMES")),
    )


def _has_two_orders(names: Sequence[str], text: bool) -> bool:
    """Whether the order of classes is ambiguous: words, or numbers that may be sorted as text."""
    if parse_number(names[0]) is None:
        return True
    return text and list(names) != sorted(names)
