"""States of comparisons of parts added up: the comparison that one over all rows would have been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.compare import comparison_of
from evalcli.engine.compose import definitions_of
from evalcli.engine.differences import Asked
from evalcli.engine.measured import Measured
from evalcli.engine.merge import (
    Adding,
    Counted,
    OnParts,
    looked_of,
    result_of_sum,
    source_of,
    sum_of,
    where_scored,
)
from evalcli.engine.notes.collect import look_at
from evalcli.engine.pool import Pool
from evalcli.engine.sides import Scored, ScoredSlice
from evalcli.engine.stored_comparison import StoredComparison, write_comparison
from evalcli.engine.stored_pass import StoredPass
from evalcli.errors import UsageError
from evalcli.findings import Blank, run
from evalcli.gate.changes import CompareRules
from evalcli.report.comparison import Comparison
from evalcli.report.notes import note
from evalcli.statistics import Mapper
from evalcli.text import escape, join_names

COMPARISONS = Adding(
    StoredComparison,
    StoredComparison.differences,
    StoredComparison.__add__,
    run("evalcli", "merge", Blank("STATES"), "--skip-duplicates", words="leaves it out"),
)


@overflow_to_infinity
def merge_comparisons(
    paths: Sequence[str],
    *,
    rules: CompareRules | None = None,
    corrected: bool = True,
    counted: Counted | None = None,
    jobs: int = 1,
    command: Sequence[str] = (),
    on_parts: OnParts | None = None,
    on_state: Callable[[bytes], None] | None = None,
) -> Comparison:
    """Compare models on the rows of all states.

    ``on_state``: called with the bytes of the sum. Raises an ``EvalcliError`` for files that are no states
    of comparisons, or do not fit.
    """
    judged = rules or CompareRules()
    with Pool(jobs) as pool:
        mapper = pool.map if jobs > 1 else map
        merged = sum_of(paths, COMPARISONS, counted or Counted(), pool, on_parts)
        whole = merged.whole
        if judged.each and not whole.slices:
            raise UsageError(
                f"{judged.each} applies to slices, and the states have none",
                hint=run("evalcli", "compare", Blank("OLD"), Blank("NEW"), "--by", Blank("COLUMN")),
            )
        of_model = partial(_scored, further=judged.metrics, mapper=mapper)
        models = [
            of_model(name, model, twice=merged.twice if number == 0 else ())
            for number, (name, model) in enumerate(zip(whole.shown_names, whole.models, strict=True))
        ]
        wanted, context = whole.models[0].wanted, whole.models[0].context
        asked = Asked(
            confidence=wanted.confidence or 0.0,
            seed=context.seed,
            min_n=wanted.min_n,
            corrected=corrected and whole.corrected,
        )
        comparison = comparison_of(models, whole.left_out, whole, asked, judged, command)
        if on_state is not None:
            on_state(write_comparison(whole.compacted(), mapper))
    command = ("compare", Blank("OLD"), Blank("NEW"))
    notes = [where_scored(found, command) for found in comparison.notes]
    if whole.shown_names != list(whole.names):
        files = (
            f"{name} is {join_names((escape(file.path) for file in model.source.predictions), 3)}"
            for name, model in zip(whole.shown_names, whole.models, strict=True)
        )
        notes.insert(0, note("models-by-order", f"the names of the models share nothing: {'; '.join(files)}"))
    return replace(comparison, notes=tuple(notes))


def _scored(
    name: str, whole: StoredPass, *, further: Sequence[str], twice: Sequence[str], mapper: Mapper
) -> Scored:
    """A model from its sums. ``further``: metrics besides those that it was compared by."""
    asked = replace(whole.wanted, metrics=(*whole.wanted.metrics, *further))
    planned = whole.plan(asked)
    result = result_of_sum(whole, planned, mapper)
    confidence, of_slices = asked.confidence or 0.0, planned.sampled_of_slices
    measured = Measured.of(planned.requests, result.summary, planned.sampled, confidence)
    source = source_of(whole, result, asked)
    looked = looked_of(whole, twice) + look_at(result, whole.facts, source)
    return Scored(
        name=name,
        whole=measured,
        slices=tuple(
            ScoredSlice(by, Measured.of(planned.requests, summary, of_slices, confidence))
            for by, summary in result.slices
        ),
        source=source,
        notes=looked.notes,
        definitions=tuple(definitions_of(planned)),
    )
