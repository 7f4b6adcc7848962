"""Models on the same rows: one pass over each, then what changed, from the pairs of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.differences import (
    Pair,
    adjusted,
    alike_of,
    cells_of,
    flips_of,
    power_of,
    slice_changes,
)
from evalcli.engine.sides import Side, on_the_same_rows
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
) -> Compared:
    """Compare models with the first one. Raises an ``EvalcliError`` for every error that the user can fix."""
    for _, options in models:
        check_options(options)
    asked, own = rules or CompareRules(), models[0][1]
    sides, left_out = on_the_same_rows(models, asked.metrics)
    first, *others = sides
    wanted = looked_up(asked, first.context)
    values = {key: value.value for key, value in first.whole.values.items()}
    pairs = [Pair(first, side, own) for side in others]
    changes = adjusted(pairs, own.confidence, corrected)
    better = {request.key: request.metric.better for request in first.whole.requests}
    headline = headline_of(first.context.task.name, first.context.average, better)
    detect = amounts(wanted, "detect", values)
    against = tuple(
        _against(pair, found, detect, headline, corrected) for pair, found in zip(pairs, changes, strict=True)
    )
    comparison = Comparison(
        version=__version__,
        command=tuple(map(shown, command)),
        task=first.context.task.name,
        classes=first.context.classes,
        models=tuple(map(_model, sides, left_out)),
        against=against,
        rows=first.whole.rows,
        id=next((side.source.id for side in sides if side.source.id is not None), None),
        confidence=own.confidence,
        seed=own.seed,
        headline=headline,
        alike=alike_of(sides, headline, own),
        corrected=corrected,
        notes=tuple(_notes(sides)),
        definitions=first.definitions,
    )
    return Compared(judge_changes(comparison, asked, wanted), tuple(sides))


@overflow_to_infinity
def changes_from(models: Sequence[tuple[str, Options]]) -> list[tuple[Change, ...]]:
    """What changes from the first model to each of the others, on the same rows; tests are not adjusted."""
    for _, options in models:
        check_options(options)
    (first, *others), _ = on_the_same_rows(models, ())
    own = models[0][1]
    return adjusted([Pair(first, side, own) for side in others], own.confidence, False)


def _against(
    pair: Pair,
    changes: tuple[Change, ...],
    detect: Mapping[str, float],
    headline: str | None,
    corrected: bool,
) -> Against:
    own = pair.options
    slices = Pair.of_slices(pair.first, pair.side, own)
    return Against(
        model=pair.side.name,
        changes=changes,
        flips=flips_of(pair, own.confidence),
        power=power_of(pair, detect, headline, own.confidence),
        slices=slice_changes(slices, headline, own.confidence, corrected),
        cells=cells_of(pair),
    )


def _notes(sides: Sequence[Side]) -> Iterator[Finding]:
    """The notes of every model; in one file, columns like labels may be predictions of another model."""
    paths = {side.file for side in sides}
    for side in sides:
        for note in side.notes:
            if len(paths) == len(sides) or note.code != "like-labels":
                yield replace(note, message=f"{escape(side.name)}: {note.message}")


def _model(side: Side, left_out: int) -> Model:
    return Model(
        name=side.name,
        values={key: value.value for key, value in side.whole.values.items()},
        reasons={key: value.reason for key, value in side.whole.values.items() if value.reason is not None},
        input=side.source,
        left_out=left_out,
    )
