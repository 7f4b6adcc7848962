"""What the pass counted and the user did not allow: rows that lack something, ids without a partner."""

from __future__ import annotations

from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import use
from evalcli.inputs.misplaced import pooled
from evalcli.inputs.tally import RowTally
from evalcli.statistics import Confusion
from evalcli.text import escape, join_names

FEW = 20
"""Rows that a model may well all get right."""

LACKS = {
    "missing_label": "no label",
    "missing_prediction": "no predicted class",
    "missing_scores": "a score that is NaN, infinite or empty",
    "missing_weight": "no weight",
}


def raise_for_unusable_rows(run: Run, result: PassResult) -> None:
    """Refuse what the rows lack, unless the user said to leave such rows out."""
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
            hint="--missing drop leaves such rows out, and counts them",
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
            hint="check how the files match, and what is missing in them",
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
    """The error for rows that have some of their labels only, with those that have none."""
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
        hint="--missing drop scores each label over the rows that have it, and counts what is missing",
        code="missing-label",
        count=rows,
        rows=[row + 1 for row in sample.rows],
    )


def _refuse_own_labels(run: Run, result: PassResult) -> None:
    """Labels that are the prediction in every row, beside another column that may be the truth."""
    inputs = run.inputs
    told = run.options.label_col is not None
    if not inputs.like_labels or told or result.tally.scored < FEW:
        return
    counts = result.context.states.get(Confusion())
    if counts is None or counts.correct < counts.n:
        return
    truth, other = escape(inputs.roles.truth[0]), escape(inputs.like_labels[0])
    raise AmbiguousInput(
        f"column {truth} is the predicted class in every row, and column {other} holds the same classes",
        where=inputs.place,
        found=f"{result.tally.scored:,} rows, all of them right",
        hint=f"--label-col {other} if that is the truth, --label-col {truth} if the model is always right",
        code="label-is-prediction",
    )


def _refuse_ids(run: Run, tally: RowTally) -> None:
    """Refuse ids that stand twice, or in one file alone."""
    matching = run.matching
    if matching is None or run.inputs.labels is None:
        return
    where = f"{run.inputs.place} and {run.inputs.labels.place()}"
    unmatched_labels = matching.unmatched_labels
    if tally.rows == tally.extra:
        raise InputError(
            "no id of the predictions is among those of the labels",
            where=where,
            found=f"predictions {join_names(tally.unmatched_ids)}; "
            f"labels {join_names(matching.unmatched_label_ids())}",
            hint="choose the columns of ids, as in --id-col image_id=id; or --by-order",
            code="ids-differ",
        )
    try:
        matching.require_single(tally.rows - tally.extra)
    except InputError as error:
        if len(run.inputs.predictions.files) > 1 and error.code == "duplicate-ids":
            raise pooled(error.what, str(error.found), run.inputs.predictions) from None
        raise
    wrong, found, hint = [], [], []
    if unmatched_labels and run.options.on_missing == "error":
        wrong.append(f"{unmatched_labels:,} of {len(matching.index):,} labels have no prediction")
        found.append(f"no prediction: {join_names(matching.unmatched_label_ids())}")
        hint.append("--on-missing drop leaves these labels out")
    if tally.extra and run.options.on_extra == "error":
        wrong.append(f"{tally.extra:,} of {tally.rows:,} predictions have no label")
        found.append(f"no label: {join_names(tally.unmatched_ids)}")
        hint.append("--on-extra drop leaves these predictions out")
    if wrong:
        raise InputError(
            f"the ids differ: {'; '.join(wrong)}",
            where=where,
            found="; ".join(found),
            hint=f"{', '.join(hint)}, and the report counts them; --by-order matches rows by order",
            code="ids-differ",
        )
