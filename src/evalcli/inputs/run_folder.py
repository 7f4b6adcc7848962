"""What a run's folder holds: predictions by epoch and split, and their labels, as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import Blank, Hint, run, use
from evalcli.inputs.column_names import LABEL_NAMES, plain_name
from evalcli.inputs.patterns import FIELD
from evalcli.loaders.formats import SUFFIXES
from evalcli.loaders.resource import COMPRESSED_SUFFIXES
from evalcli.report.history import TRAINING, VALIDATION
from evalcli.text import escape, join_names

DEEPEST, MOST_FILES = 3, 100_000
SPLIT = re.compile(rf"(?<![A-Za-z])(?:{'|'.join((*TRAINING, *VALIDATION))})(?![A-Za-z])", re.IGNORECASE)
NAMED = re.compile(r"(?<![A-Za-z])((?:epoch|ep|e|step|iter|iteration)[-_=.]?)(\d+)(?!\d)", re.IGNORECASE)
LAST = re.compile(r"()(\d+)(?=\D*$)")
"""Where the number of an epoch is: after its word, or else the last one of the name."""
OTHER = re.compile(r"(?<![A-Za-z])((?:step|iter|iteration)[-_=.]?)\d+(?!\d)", re.IGNORECASE)
"""A number beside it, which differs as well."""
LOGS = ("metrics.csv", "trainer_state.json", "training_log.csv", "log.csv")
"""Usual names of logs, where there are no predictions."""
OTHERS = ("history.jsonl", "history.csv", "history.json")
"""What this tool writes."""


class Found(Struct, frozen=True):
    """Patterns of predictions and labels as text; without fields: the path of a log."""

    pattern: str
    labels: str | None = None


def run_in(folder: str) -> Found:
    """The patterns of a folder. Raises an ``EvalcliError`` if there are none or several."""
    root = Path(folder)
    predictions: dict[str, int] = {}
    labels: dict[str, int] = {}
    names = []
    for path in _files(root):
        names.append(path)
        template = _template(path)
        if _is_of_labels(path):
            template = _template(path, NAMED)
            labels[template] = labels.get(template, 0) + 1
        elif "{epoch}" in template:
            predictions[template] = predictions.get(template, 0) + 1
    several = {text: count for text, count in predictions.items() if count > 1} or predictions
    if not several:
        log = next((name for word in LOGS for name in names if Path(name).name == word), None)
        if log is not None:
            return Found(str(root / log))
        raise InputError(
            "the folder has no predictions of epochs",
            where=escape(folder),
            found=join_names(names, 5) if names else "no files",
            hint=run(
                "evalcli", "track", Blank("PATTERN"), words="names them, with {epoch} in place of its number"
            ),
            code="no-match",
        )
    if len(several) > 1:
        raise _several("which files are the predictions?", folder, several)
    pattern = next(iter(several))
    fields = set(FIELD.findall(pattern))
    fitting = [text for text in labels if fields.issuperset(FIELD.findall(text))]
    if len(fitting) > 1:
        choices = Hint(())
        for text in sorted(fitting)[:3]:
            choices = choices | use(labels=str(root / text))
        raise AmbiguousInput(
            "which files are the labels?",
            where=escape(folder),
            found=join_names(sorted(fitting)),
            hint=choices,
        )
    return Found(str(root / pattern), next((str(root / text) for text in fitting), None))


def _several(question: str, folder: str, found: dict[str, int]) -> AmbiguousInput:
    choices = Hint(())
    for text in sorted(found, key=lambda text: -found[text])[:3]:
        choices = choices | run("evalcli", "track", str(Path(folder) / text))
    return AmbiguousInput(question, where=escape(folder), found=join_names(sorted(found)), hint=choices)


def _files(root: Path) -> Iterator[str]:
    """Paths below a folder that may be read, with slashes, those of other folders' folders left out."""
    count = 0
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or len(inside.parts) > DEEPEST or path.name in OTHERS or not path.is_file():
            continue
        count += 1
        if count > MOST_FILES:
            return
        name = path.name.lower()
        plain = next((name.removesuffix(end) for end in COMPRESSED_SUFFIXES if name.endswith(end)), name)
        if plain.endswith(tuple(SUFFIXES)):
            yield inside.as_posix()


def _template(path: str, *where: re.Pattern[str]) -> str:
    """A path with fields for the epoch and the split. ``where``: the number is; by default anywhere.

    >>> _template("val/epoch-003.npy"), _template("run_7/valid.csv")
    ('{split}/epoch-{epoch}.npy', 'run_{epoch}/{split}.csv')
    """
    found = next((match for place in where or (NAMED, LAST) if (match := place.search(path))), None)
    if found is not None:
        rest = OTHER.sub(r"\1{step}", path[found.end(2) :], count=1)
        path = f"{path[: found.start(2)]}{{epoch}}{rest}"
    return SPLIT.sub("{split}", path, count=1)


def _is_of_labels(path: str) -> bool:
    """Whether a name is one of labels, or without a number in a folder of them.

    >>> [_is_of_labels(path) for path in ("val/y.npy", "labels-val.csv", "labels/val.npy", "val/3.npy")]
    [True, True, True, False]
    """
    *folders, name = SPLIT.sub("", path).split("/")
    stem = re.sub(r"(?:\.\w+){1,2}$", "", name).strip("-_. ")
    inside = not re.search(r"\d", name) and any(plain_name(folder) in LABEL_NAMES for folder in folders)
    return inside or plain_name(stem) in LABEL_NAMES


__all__ = ["Found", "run_in"]
