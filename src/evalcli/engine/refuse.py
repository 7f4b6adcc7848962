"""Refuse what the pass counted and the user did not allow: incomplete rows, unmatched ids."""

from __future__ import annotations

from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import Blank, Hint, use
from evalcli.inputs.matching.forms import MOST, ids_in, likeness
from evalcli.inputs.misplaced import pooled
from evalcli.inputs.tally import RowTally
from evalcli.statistics import Confusion
from evalcli.text import escape, join_names

FEW = 20
"""Rows below which a model may predict all correctly."""

LACKS = {
    "missing_label": "no label",
    "missing_prediction": "no predicted class",
    "missing_scores": "a score that is NaN, infinite or empty",
    "missing_weight": "no weight",
}


def raise_for_unusable_rows(run: Run, result: PassResult) -> None:
    """Refuse incomplete rows, unless the user said to drop them."""
    options, inputs, tally = run.options, run.inputs, result.tally
    _refuse_ids(run, tally)
    lacking = {reason: count for reason, count in tally.dropped.items() if reason in LACKS}
    if tally.gaps[1] and options.missing == "error" and next(iter(lacking), None) == "missing_label":
        raise _of_gaps(run, tally, lacking["missing_label"])
    if lacking and options.missing == "error":
        counts = [f"{count:,} with {LACKS[reason]}" for reason, count in lacking.items()]
        first = next(iter(lacking))
        sample = tally.examples[first]
        where = inputs.predictions.place(None, sample.rows[0])
        if first == "missing_label" and inputs.labels is not None and inputs.index is None:
            where = inputs.labels.place(inputs.roles.truth[0], sample.rows[0])
        raise InputError(
            f"rows that cannot be scored: {'; '.join(counts)}",
            where=where,
            found=sample.found,
            hint=use("to drop and count such rows", missing="drop"),
            code=first.replace("_", "-"),
            count=lacking[first],
            rows=[row + 1 for row in sample.rows],
        )
    if tally.rows and not tally.scored:
        raise InputError(
            "no row is left to score",
            where=inputs.place,
            found=f"{tally.rows:,} rows, all dropped",
            code="no-rows",
            hint="check how the files match, and what they lack",
        )
    _refuse_own_labels(run, result)
    if run.context.weighted and not result.size.weight:
        raise InputError(
            "all weights are 0",
            where=inputs.place,
            found=f"column {inputs.roles.weight}",
            hint=use(unweighted=True),
        )


def _of_gaps(run: Run, tally: RowTally, rows: int) -> InputError:
    """The error for rows with only some of their labels, which also counts rows without labels."""
    cells, partly = tally.gaps
    sample = tally.examples["gaps"]
    inputs = run.inputs
    by_order = inputs.labels if inputs.index is None else None
    none = f", and {rows - partly:,} have no label" if rows > partly else ""
    lacking = f"{partly:,} of {tally.rows:,} rows lack some of their {run.context.k} labels"
    return InputError(
        f"{lacking} ({cells:,} in all){none}",
        where=(by_order or inputs.predictions).place(None, sample.rows[0]),
        found=sample.found,
        hint=use("to score each label over the rows that have it", missing="drop"),
        code="missing-label",
        count=rows,
        rows=[row + 1 for row in sample.rows],
    )


def _refuse_own_labels(run: Run, result: PassResult) -> None:
    """Refuse labels that equal the prediction in every row, if another column may be the truth."""
    inputs = run.inputs
    is_given = run.options.label_col is not None
    if not inputs.like_labels or is_given or result.tally.scored < FEW:
        return
    counts = result.summary.get(Confusion())
    if counts is None or counts.correct < counts.n:
        return
    truth, other = inputs.roles.truth[0], inputs.like_labels[0]
    raise AmbiguousInput(
        f"column {escape(truth)} is the predicted class in every row, and column {escape(other)} contains "
        "the same classes",
        where=inputs.place,
        found=f"{result.tally.scored:,} rows, all predicted correctly",
        hint=use("if that is the truth", label_col=other)
        | use("if the model is always correct", label_col=truth),
        code="label-is-prediction",
    )


def _refuse_ids(run: Run, tally: RowTally) -> None:
    """Refuse duplicate ids, and ids that are in one file only."""
    matching = run.matching
    if matching is None or run.inputs.labels is None:
        return
    unmatched = matching.unmatched_labels
    if tally.rows == tally.extra:
        raise _differing(
            run,
            "no id of the predictions is among those of the labels",
            f"predictions {join_names(tally.unmatched_ids)}; "
            f"labels {join_names(matching.unmatched_label_ids())}",
            _unless_ids(run, tally.rows == len(matching.index)),
        )
    try:
        matching.require_single(tally.rows - tally.extra)
    except InputError as error:
        if len(run.inputs.predictions.files) > 1 and error.code == "duplicate-ids":
            raise pooled(error.what, str(error.found), run.inputs.predictions) from None
        raise
    wrong, found, drop = [], [], dict[str, str]()
    if unmatched and run.options.on_missing == "error" and not run.options.shared_labels:
        wrong.append(f"{unmatched:,} of {len(matching.index):,} labels have no prediction")
        found.append(f"no prediction: {join_names(matching.unmatched_label_ids())}")
        drop["on_missing"] = "drop"
    if tally.extra and run.options.on_extra == "error":
        wrong.append(f"{tally.extra:,} of {tally.rows:,} predictions have no label")
        found.append(f"no label: {join_names(tally.unmatched_ids)}")
        drop["on_extra"] = "drop"
    if wrong:
        raise _differing(
            run,
            f"the ids differ: {'; '.join(wrong)}",
            "; ".join(found),
            use("to drop and count them", **drop),
        )


def _unless_ids(run: Run, as_many: bool) -> Hint:
    """How to match rows if no id is in both files; ``as_many``: whether both have the same number of rows."""
    options = run.options
    another = use("if other columns hold the ids", id_col=Blank("PREDICTIONS=LABELS"))
    strict = options.on_missing == options.on_extra == "error" and not options.fold_ids
    if not as_many or not strict or options.id_col is not None:
        return another
    return another | use("if row 1 belongs to row 1", by_order=True)


def _differing(run: Run, what: str, found: str, hint: Hint) -> InputError:
    """The error for ids that differ, with a way to match them if they differ in form only."""
    predictions, labels, roles, options = (
        *(run.inputs.predictions, run.inputs.labels),
        *(run.inputs.roles, run.options),
    )
    if labels is not None and roles.id is not None and roles.label_id is not None and not options.fold_ids:
        left, right = ids_in(predictions, roles.id, MOST), ids_in(labels, roles.label_id, MOST)
        like = None if left is None or right is None else likeness(left, right)
        if left is not None and right is not None and like is not None:
            total = min(len(left), len(right))
            what = (
                f"ids differ only in {join_names(like.differ)}: {like.matched:,} of {total:,} match when "
                "folded"
            )
            drop = {
                name: "drop"
                for name, count in (("on_missing", like.missing), ("on_extra", like.extra))
                if count and getattr(options, name) == "error"
            }
            hint = use("to match them", fold_ids=True, **drop)
    return InputError(
        what,
        where=f"{run.inputs.place} and {labels.place() if labels else run.inputs.place}",
        found=found,
        hint=hint,
        code="ids-differ",
    )
