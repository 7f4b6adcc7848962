"""What is scored: classes, label sets or real values; its names, and how rows of it become a block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalcli.blocks import Array, Block, ClassBlock, LabelSetBlock, RealBlock, ScoreKind
from evalcli.errors import AmbiguousInput, InputError, Place, UsageError, listed, nearest
from evalcli.inputs.classes import Classes, resolve
from evalcli.inputs.labels import MISSING, Labels, LabelSets, Reals, matched, number
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.roles import PREDICTED_NAMES, stems
from evalcli.loaders import Source
from evalcli.loaders.arrow_columns import is_numeric, is_whole, value_type
from evalcli.report.report import level_of
from evalcli.report.stored_thresholds import MARK, Tuned
from evalcli.statistics import AnyStatistic

Chosen = slice | Array
"""Rows of the truth: those that follow each other, or the places of some."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Arrays with rows last, and how their scores are read.

    ``eps``: resolution of the file's float type. ``rounded``: whether probabilities were clipped. ``lots``:
    what rows are drawn by, where some are.
    """

    truth: Array
    scores: Array | None
    stored: Array | None
    weight: Array | None
    kind: ScoreKind
    eps: float
    rounded: bool
    lots: Array | None = None

    @property
    def values(self) -> Array:
        """The scores, where there have to be some."""
        if self.scores is None:
            raise ValueError("these rows hold no scores")
        return self.scores


@dataclass(frozen=True, eq=False)
class ClassTarget:
    """One class a row. ``codes``: class index, -1 where missing, (n,).

    Of every target, ``columns`` are those of scores and ``width`` how many a row has; ``predicted`` is the
    column of stored classes; ``holds`` is what metrics may want.
    """

    classes: Classes
    codes: Array
    columns: tuple[str, ...]
    width: int
    predicted: str | None
    threshold: float | None
    holds: frozenset[str]

    @property
    def task(self) -> str:
        """Binary or multiclass."""
        return self.classes.task

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.classes.names

    @property
    def assumed(self) -> str | None:
        """What was taken for granted about their order."""
        return self.classes.assumed

    @property
    def positive(self) -> int | None:
        """Index of the positive class of binary data."""
        return self.classes.positive

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """Class index of some rows."""
        truth = self.codes[rows].astype(np.intp)
        return truth, truth != MISSING

    def codes_of(self, labels: Labels, start: int) -> Array:
        """Class index of labels from the predictions; ``start``: rows before them."""
        return labels.as_classes(self.names, self.classes.by_index, self.classes.folded, start)

    def block(self, rows: Rows) -> Block:
        """Rows of classes, the scores in the classes' order."""
        order, scores = self.classes.columns, rows.scores
        if scores is not None and order is not None and order != tuple(range(len(order))):
            scores = scores[list(order)]
        return ClassBlock(
            rows.truth,
            scores,
            rows.stored,
            len(self.names),
            rows.kind,
            self.positive,
            self.threshold,
            rows.eps,
            rows.rounded,
            rows.weight,
            rows.lots,
        )


@dataclass(frozen=True, eq=False)
class LabelSetTarget:
    """Any number of labels a row. ``matrix``: 1, 0, or -1 where missing, (k, n).

    ``assumed``: what was taken for granted about the order of the scores.
    """

    names: tuple[str, ...]
    matrix: Array
    columns: tuple[str, ...]
    width: int
    thresholds: Array | None
    holds: frozenset[str]
    assumed: str | None = None
    task: str = "multilabel"
    positive: int | None = None
    predicted: str | None = None

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """Indicators of some rows."""
        truth = self.matrix[:, rows]
        return truth > 0, np.asarray((truth != MISSING).all(axis=0))

    def block(self, rows: Rows) -> Block:
        """Rows of label sets."""
        return LabelSetBlock(
            *(rows.truth, rows.values, rows.kind, self.thresholds, rows.eps, rows.rounded, rows.weight),
            rows.lots,
        )


@dataclass(frozen=True, eq=False)
class RealTarget:
    """A real value a row. ``point``: whether the first column is the predicted value; quantiles follow."""

    values: Array
    columns: tuple[str, ...]
    point: bool
    levels: tuple[float, ...]
    task: str = "regression"
    names: tuple[str, ...] = ()
    positive: int | None = None
    predicted: str | None = None
    assumed: str | None = None

    @property
    def width(self) -> int:
        """Columns of predictions."""
        return len(self.columns)

    @property
    def holds(self) -> frozenset[str]:
        """What metrics may want."""
        wants = {"point": self.point, "quantiles": bool(self.levels)}
        return frozenset(name for name, found in wants.items() if found)

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """Values of some rows."""
        truth = self.values[rows]
        return truth, np.isfinite(truth)

    def block(self, rows: Rows) -> Block:
        """Rows of real values."""
        values = rows.values.astype(np.float64, copy=False)
        point = values[0] if self.point else None
        return RealBlock(rows.truth, point, values[int(self.point) :], self.levels, rows.weight, rows.lots)


Target = ClassTarget | LabelSetTarget | RealTarget


def narrowed(target: Target, scores: bool, statistics: Iterable[AnyStatistic]) -> Target:
    """The target with only the columns that are looked at. ``scores``: whether scores of classes are."""
    if isinstance(target, ClassTarget) and not scores and target.predicted is not None:
        return replace(target, columns=(), width=0)
    if isinstance(target, RealTarget) and target.levels:
        asked = [getattr(statistic, "levels", None) for statistic in statistics]
        wanted = {level for levels in asked for level in levels or ()}
        point = target.point and (None in asked or not wanted)
        named = zip(target.levels, target.columns[int(target.point) :], strict=True)
        kept = [(level, column) for level, column in named if level in wanted]
        columns = (*target.columns[: int(point)], *(column for _, column in kept))
        return RealTarget(target.values, columns, point, tuple(level for level, _ in kept))
    return target


def find_target(inputs: Inputs, options: Options) -> Target:
    """Decide on the task, and what belongs to it; in doubt a question."""
    truth = inputs.truth
    if isinstance(truth, Reals):
        return _reals(inputs, truth, options)
    if isinstance(truth, LabelSets):
        return _label_sets(inputs, truth, options)
    return _classes(inputs, truth, options)


def _held(options: Options, width: int) -> frozenset[str]:
    if not width:
        return frozenset()
    return frozenset({"scores"} if options.scores == "raw" else {"scores", "probabilities"})


def _classes(inputs: Inputs, truth: Labels, options: Options) -> ClassTarget:
    roles = inputs.roles
    classes = resolve(roles, inputs.width, truth, inputs.predicted, options, inputs.place)
    return ClassTarget(
        classes,
        truth.as_classes(classes.names, classes.by_index, classes.folded),
        roles.scores,
        inputs.width,
        roles.predicted,
        _threshold(options, classes),
        _held(options, inputs.width),
    )


def _number(text: str, whole: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        file = whole.endswith(".json")
        mend = f"--threshold {MARK}{whole} reads a file" if file else "--threshold 0.5"
        raise UsageError(f"--threshold {whole} is not a finite number", mend=mend)
    return value


def _tuned(tuned: Tuned, task: str, fits: bool, this: str) -> Mapping[str, float]:
    """Thresholds of a file, unless they are of other data. ``this``: what the data is, in words."""
    if tuned.task != task or not fits:
        what = "a threshold" if tuned.task == "binary" else "thresholds"
        raise UsageError(
            f"--threshold {MARK}{tuned.path}: it is of other data",
            seen=f"it holds {what} for {listed(map(repr, tuned.thresholds))} of {tuned.task} data; {this}",
        )
    return tuned.thresholds


def _threshold(options: Options, classes: Classes) -> float | None:
    text, tuned = options.threshold, options.tuned
    if tuned is None:
        return None if text is None else _number(text, text)
    positive = "" if classes.positive is None else classes.names[classes.positive]
    this = f"this is {classes.task}" + (f", positive {positive}" if positive else "")
    return _tuned(tuned, "binary", set(tuned.thresholds) == {positive}, this)[positive]


def _thresholds(options: Options, names: Sequence[str]) -> Array | None:
    """A threshold for every label: one for all, or LABEL=T for some, commas between; NaN for the others."""
    text, tuned = options.threshold, options.tuned
    if tuned is not None:
        this = f"the labels are {listed(names)}"
        found = _tuned(tuned, "multilabel", set(tuned.thresholds) <= set(names), this)
        return np.array([found.get(name, np.nan) for name in names])
    if text is None:
        return None
    parts = [part.rpartition("=") for part in text.split(",")]
    if len(parts) == 1 and not parts[0][1]:
        return np.full(len(names), _number(text, text))
    given = {name.strip(): _number(value, text) for name, _, value in parts}
    unknown = [name for name in given if name not in names]
    if unknown:
        like = nearest(unknown[0], names)
        raise UsageError(
            f"--threshold {text}: no label {unknown[0]!r}",
            seen=f"the labels are {listed(names)}",
            mend=f"did you mean {like}?" if like else None,
        )
    return np.array([given.get(name, np.nan) for name in names])


def _refuse(options: Options, task: str) -> None:
    """Options that other tasks have."""
    if options.positive is not None:
        raise UsageError("--positive needs binary data", seen=f"the task is {task}")
    if task == "regression":
        given = {
            "--threshold": options.threshold is not None,
            "--classes": bool(options.classes),
            "--scores": options.scores != "auto",
        }
        for option, found in given.items():
            if found:
                raise UsageError(f"{option} has no meaning for regression")


def _label_sets(inputs: Inputs, truth: LabelSets, options: Options) -> LabelSetTarget:
    _refuse(options, "multilabel")
    roles, width = inputs.roles, inputs.width
    if not roles.scores:
        raise InputError(
            "multilabel data needs a score (or 0 and 1) for each label",
            where=inputs.place,
            mend="name the columns with --score-cols",
        )
    mine = options.classes or (stems(roles.scores, roles.prefix) if not roles.listed else ())
    assumed = None
    if roles.layout == "lists" and not inputs.indicators:
        names = mine or truth.names
        if len(names) != width:
            raise AmbiguousInput(
                f"{len(names)} different labels, {width} score columns",
                where=truth.where,
                seen=f"labels {listed(names)}",
                mend="name the labels in the columns' order with --classes",
            )
        matrix = truth.ordered(names)
        if not mine:
            assumed = f"the scores have no names: taken as the labels in sorted order, {listed(names)}"
    else:
        if len(truth.names) != width:
            raise InputError(
                f"{len(truth.names)} label columns, {width} score columns",
                where=_places(truth, inputs.place),
                seen=f"labels {listed(truth.names)}; scores {listed(roles.scores)}",
                mend="choose the same labels with --label-cols and --score-cols",
            )
        told = bool(options.score_cols or options.classes)
        names, matrix, assumed = _paired(truth, mine, inputs.place, told)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UsageError("a label is named twice", seen=listed(twice))
    thresholds = _thresholds(options, names)
    types = [value_type(inputs.predictions.types[name]) for name in roles.scores]
    # whole numbers are predicted labels, not scores
    held = (
        frozenset[str]() if options.scores == "auto" and all(map(is_whole, types)) else _held(options, width)
    )
    return LabelSetTarget(names, matrix, roles.scores, width, thresholds, held, assumed)


def _places(truth: LabelSets, where: Place) -> Place | str:
    """Both files, or the one."""
    return where if truth.where == where else f"{truth.where} and {where}"


def _paired(
    truth: LabelSets, mine: tuple[str, ...], where: Place, told: bool
) -> tuple[tuple[str, ...], Array, str | None]:
    """Names of the labels, the matrix in the order of the score columns, and what was taken for granted.

    By name; by order where the names of one side are numbers, or the user named the columns (``told``).
    """
    theirs = stems(truth.names)
    if not mine:
        return theirs, truth.matrix, None
    places = matched(theirs, mine)
    found = [place for place in places if place is not None]
    if not found and (told or any(number(name) is not None for name in (mine[0], theirs[0]))):
        by_order = f"scores {listed(mine)} are taken for labels {listed(theirs)}, in this order"
        return mine, truth.matrix, by_order if number(theirs[0]) is None else None
    if sorted(found) != list(range(len(mine))):
        lost = [name for name, place in zip(theirs, places, strict=True) if place is None]
        raise AmbiguousInput(
            "label columns and score columns do not pair by name",
            where=_places(truth, where),
            seen=f"no scores for {listed(lost)}; scores for {listed(mine)}",
            mend="choose them, in one order, with --label-cols and --score-cols",
        )
    out = np.empty_like(truth.matrix)
    out[found] = truth.matrix
    return mine, out, None


def _reals(inputs: Inputs, truth: Reals, options: Options) -> RealTarget:
    _refuse(options, "regression")
    roles, source = inputs.roles, inputs.predictions
    levels = {
        level: name
        for name in source.columns
        if name not in roles.truth and (level := level_of(name)) is not None
    }
    point = _point_column(inputs, set(levels.values()), options)
    if point is None and 0.5 in levels:
        point = levels[0.5]
    ordered = sorted(levels)
    columns = (*([point] if point else []), *(levels[level] for level in ordered))
    return RealTarget(truth.values, tuple(columns), point is not None, tuple(ordered))


def _point_column(inputs: Inputs, quantiles: set[str], options: Options) -> str | None:
    """The column of predicted values; None where there are quantiles only."""
    roles, source = inputs.roles, inputs.predictions
    if options.pred_col is not None:
        return _real_column(source, options.pred_col)
    rest = [
        name
        for name in (*roles.scores, *([roles.predicted] if roles.predicted else []))
        if name not in quantiles
    ]
    usual = [name for name in rest if name in PREDICTED_NAMES]
    chosen = usual if len(usual) == 1 and not options.score_cols else rest
    if len(chosen) > 1 or (not chosen and not quantiles):
        raise AmbiguousInput(
            "the labels are real numbers, and "
            + (
                f"{len(chosen)} columns may be the predicted value"
                if chosen
                else "no column is the predicted value"
            ),
            where=inputs.place,
            seen=f"columns {listed(chosen or source.columns)}",
            mend="name it with --pred-col; if the labels are classes, say --task multiclass",
        )
    return _real_column(source, chosen[0]) if chosen else None


def _real_column(source: Source, name: str) -> str:
    if not is_numeric(source.types[name]):
        raise InputError(
            "the column of predicted values does not hold one number a row",
            where=source.place(name),
            seen=str(source.types[name]),
            mend="name another with --pred-col",
        )
    return name
