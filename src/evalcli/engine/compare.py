"""Models on the same rows: one pass over each, then what changed, from the pairs of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.differences import (
    Asked,
    Pair,
    adjusted,
    alike_of,
    cells_of,
    flips_of,
    power_of,
    slice_changes,
)
from evalcli.engine.joint import Joints, RowJoints
from evalcli.engine.sides import Scored, Side, on_the_same_rows
from evalcli.engine.stored_comparison import stored_comparison, write_comparison
from evalcli.findings import Finding
from evalcli.gate.changes import CompareRules, amounts, judge_changes, looked_up
from evalcli.inputs.options import Options, check_options
from evalcli.loaders.locate import shown
from evalcli.report.comparison import Against, Change, Comparison, FlippedRows, Model
from evalcli.report.headline import headline_of
from evalcli.text import escape


class Compared(Struct, frozen=True, eq=False):
    """The comparison, and the sides that its rows come from."""

    comparison: Comparison
    sides: tuple[Side, ...]

    def flipped(self, fixed: bool) -> Iterator[tuple[str, FlippedRows]]:
        """Rows that are right before and wrong now, or the reverse, of each model after the reference."""
        first, *others = self.sides
        old, classes = first.codes(first.context.classes), first.context.classes
        for side in others:
            new = side.codes(classes)
            if old is None or new is None:
                continue
            was, now = (codes == first.truth for codes in (old, new))
            rows = np.flatnonzero(first.kept.scored & (now & ~was if fixed else was & ~now))
            rows = rows[np.argsort(-np.nan_to_num(side.kept.sure(rows), nan=-1.0), kind="stable")]
            ids = first.names_of(rows) or side.names_of(rows) or [str(row + 1) for row in rows]
            named = [[classes[code] for code in codes[rows]] for codes in (first.truth, old, new)]
            before, after = (
                [None if np.isnan(p) else float(p) for p in part.kept.sure(rows)] for part in (first, side)
            )
            yield (
                side.name,
                FlippedRows(
                    ids=ids,
                    truth=named[0],
                    old=named[1],
                    new=named[2],
                    old_confidence=before,
                    new_confidence=after,
                ),
            )


@overflow_to_infinity
def compare(
    models: Sequence[tuple[str, Options]],
    *,
    rules: CompareRules | None = None,
    command: Sequence[str] = (),
    corrected: bool = True,
    on_state: Callable[[bytes], None] | None = None,
) -> Compared:
    """Compare models with the first one. Raises an ``EvalcliError`` for every error that the user can fix.

    ``on_state``: called with the bytes of a state file, if the options say that states are kept.
    """
    for _, options in models:
        check_options(options)
    judged = rules or CompareRules()
    sides, left_out = on_the_same_rows(models, judged.metrics)
    asked, joints = Asked.of(models[0][1], corrected), RowJoints()
    comparison = comparison_of(sides, left_out, joints, asked, judged, command)
    if on_state is not None:
        on_state(write_comparison(stored_comparison(sides, left_out, joints, corrected)))
    return Compared(comparison, tuple(sides))


def comparison_of(
    models: Sequence[Scored],
    left_out: Sequence[int],
    joints: Joints,
    asked: Asked,
    rules: CompareRules,
    command: Sequence[str] = (),
) -> Comparison:
    """What changed from the first of some models on the same rows, under rules."""
    first, *others = models
    wanted = looked_up(rules, first.context)
    values = {key: value.value for key, value in first.whole.values.items()}
    pairs = [Pair(first, model, joints, asked) for model in others]
    better = {request.key: request.metric.better for request in first.whole.requests}
    headline = headline_of(first.context.task.name, first.context.average, better)
    detect = amounts(wanted, "detect", values)
    against = tuple(
        _against(pair, found, detect, headline) for pair, found in zip(pairs, adjusted(pairs), strict=True)
    )
    comparison = Comparison(
        version=__version__,
        command=tuple(map(shown, command)),
        task=first.context.task.name,
        classes=first.context.classes,
        models=tuple(map(_model, models, left_out)),
        against=against,
        rows=first.whole.rows,
        id=next((model.source.id for model in models if model.source.id is not None), None),
        confidence=asked.confidence,
        seed=asked.seed,
        headline=headline,
        alike=alike_of(models, headline, joints, asked),
        corrected=asked.corrected,
        notes=tuple(_notes(models)),
        definitions=first.definitions,
    )
    return judge_changes(comparison, rules, wanted)


@overflow_to_infinity
def changes_from(models: Sequence[tuple[str, Options]]) -> list[tuple[Change, ...]]:
    """What changes from the first model to each of the others, on the same rows; tests are not adjusted."""
    for _, options in models:
        check_options(options)
    (first, *others), _ = on_the_same_rows(models, ())
    asked, joints = Asked.of(models[0][1], False), RowJoints()
    return adjusted([Pair(first, side, joints, asked) for side in others])


def _against(
    pair: Pair, changes: tuple[Change, ...], detect: Mapping[str, float], headline: str | None
) -> Against:
    return Against(
        model=pair.side.name,
        changes=changes,
        flips=flips_of(pair),
        power=power_of(pair, detect, headline),
        slices=slice_changes(pair.of_slices, headline),
        cells=cells_of(pair),
    )


def _notes(models: Sequence[Scored]) -> Iterator[Finding]:
    """The notes of every model; in one file, columns like labels may be predictions of another model."""
    paths = {model.source.predictions[0].path for model in models}
    for model in models:
        for note in model.notes:
            if len(paths) == len(models) or note.code != "like-labels":
                yield replace(note, message=f"{escape(model.name)}: {note.message}")


def _model(model: Scored, left_out: int) -> Model:
    return Model(
        name=model.name,
        values={key: value.value for key, value in model.whole.values.items()},
        reasons={key: value.reason for key, value in model.whole.values.items() if value.reason is not None},
        input=model.source,
        left_out=left_out,
    )
