"""The positive class of binary data."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli.errors import AmbiguousInput, UsageError
from evalcli.findings import Blank, Hint, maybe, omit, use
from evalcli.inputs.class_names import class_indices, fold_case, in_order, parse_number
from evalcli.inputs.options import Options
from evalcli.inputs.roles import Roles
from evalcli.tasks import BINARY, MULTICLASS
from evalcli.text import join_names, suggest

NEGATIVE = (
    "normal", "benign", "negative", "neg", "no", "n", "none", "false", "f", "ham", "legit", "legitimate",
    "healthy", "control", "background", "absent", "other", "ok", "good", "stay", "paid", "denied", "inactive",
)  # fmt: skip
"""Usual names of negative classes."""


def find_positive(names: Sequence[str], roles: Roles, width: int, options: Options) -> int | None:
    """Index of the positive class of binary data, from options, columns or class names; otherwise None."""
    asked = options.asked_task
    if len(names) != 2 or asked == MULTICLASS:
        if asked == MULTICLASS and width == 1:
            raise UsageError(
                "multiclass data requires a score column per class, and there is one",
                found=join_names(names),
                hint=use("with one score column per class", score_cols=Blank("NAMES")),
            )
        if asked == BINARY or width == 1:
            raise UsageError(
                f"{len(names)} classes are not binary",
                found=join_names(names),
                hint=use("if they are classes", task="multiclass")
                if width != 1
                else use("with one score column per class", score_cols=Blank("NAMES")),
            )
        for option, value in (("--positive", options.positive), ("--threshold", options.threshold)):
            if value is not None:
                raise UsageError(
                    f"{option} needs binary data",
                    found=f"{len(names)} classes: {join_names(names)}",
                    hint=omit(option.removeprefix("--")),
                )
        return None
    positive = _of_column(names, roles, width, _default_positive(names, options))
    if options.positive is not None:
        index = class_indices([options.positive], names)[0]
        if index is None:
            raise UsageError(
                f"no class {options.positive!r}",
                found=f"the classes are {join_names(names)}",
                hint=_did_you_mean(options.positive, names),
            )
        positive = index
    elif width == 1 and roles.class_names is None and not options.classes:
        _refuse_negative(names, positive, roles)
    _agree(names, roles, positive, width)
    return positive


def is_negative(name: str, other: str) -> bool:
    """Whether a class is named like a negative class, or as the absence of the other one.

    >>> is_negative("benign", "attack"), is_negative("not_churn", "churn"), is_negative("cat", "dog")
    (True, True, False)
    """
    plain, rest = fold_case(name), fold_case(other)
    absent = (
        f"{word}{sign}{rest}" for word in ("no", "not", "non", "in", "un") for sign in ("", " ", "_", "-")
    )
    return plain in NEGATIVE or plain in absent


def _default_positive(names: Sequence[str], options: Options) -> int:
    """The default positive class: the one that is not named like a negative class, otherwise the last one.

    The last one by name, so that the order of columns does not matter, unless the user gives an order.
    """
    if options.classes:
        return len(names) - 1
    looked_for = [j for j, name in enumerate(names) if not is_negative(name, names[1 - j])]
    return looked_for[0] if len(looked_for) == 1 else names.index(in_order(names)[-1])


def _refuse_negative(names: Sequence[str], positive: int, roles: Roles) -> None:
    """Ask which class unnamed scores belong to, if the default positive class is not the last by name."""
    name, other = names[positive], names[1 - positive]
    if name != in_order(names)[-1]:
        raise AmbiguousInput(
            f"cannot tell which class the scores in {roles.scores[0]} belong to",
            found=f"classes {join_names(names)}",
            hint=use(f"if they belong to {name}", positive=name)
            | use(f"if they belong to {other}", positive=other),
            code="which-positive",
        )


def _of_column(names: Sequence[str], roles: Roles, width: int, last: int) -> int:
    """The class in the name of a single score column, unless it is a number; otherwise the last one."""
    if width != 1 or roles.class_names is None or parse_number(roles.class_names[0]) is not None:
        return last
    index = class_indices(roles.class_names, names)[0]
    return last if index is None else index


def _agree(names: Sequence[str], roles: Roles, positive: int, width: int) -> None:
    """Require that a single column named after a class belongs to the positive class."""
    if width != 1 or roles.class_names is None:
        return
    index = class_indices(roles.class_names, names)[0]
    if index is not None and index != positive:
        raise AmbiguousInput(
            f"column {roles.scores[0]!r} contains the scores of class {names[index]!r}, "
            f"but {names[positive]!r} is the positive class",
            hint=use(positive=names[index]),
        )


def _did_you_mean(given: str, names: Sequence[str]) -> Hint:
    """A hint with the most similar class name, or the last one."""
    like = suggest(given, names)
    return maybe(positive=like) if like else use(positive=names[-1])
