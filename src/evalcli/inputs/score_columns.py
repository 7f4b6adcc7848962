"""Columns of scores and of the predicted class, and the class of each score column.

They are found by the user's options, otherwise by column names, and if these are ambiguous, by values.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import Blank, Hint, use
from evalcli.inputs.class_names import parse_number
from evalcli.inputs.column_names import (
    FEATURES,
    LABEL_NAMES,
    LOWER_BETTER,
    NOT_SCORES,
    NUMBERED,
    PIPELINE_NAMES,
    PREDICTED_NAMES,
    SCORE_NAMES,
    SCORE_SUFFIXES,
    columns_named,
    cut_to,
    expand_columns,
    is_id,
    kind_in_name,
    leaf,
    plain_name,
    prefix_of,
    require_column,
    sets_for,
)
from evalcli.inputs.evidence import Evidence
from evalcli.inputs.options import Options
from evalcli.loaders.arrow_columns import is_list, is_numeric, value_type
from evalcli.loaders.decimals import COMMA
from evalcli.loaders.source import Source
from evalcli.text import join_names


def find_predicted(
    source: Source, taken: set[str], same_file: bool, options: Options, evidence: Evidence
) -> str | None:
    """The column of predicted classes, if there is one."""
    if options.pred_col is not None:
        return require_column(source, options.pred_col, "--pred-col")
    named = [c for c in columns_named(source, PREDICTED_NAMES) if c not in taken]
    named = [c for c in named if c not in options.score_cols and not is_list(source.types[c])]
    candidates = [c for c in named if not _floating(source, c)]
    # classes written as floats: 0.0, 1.0
    candidates = candidates or [c for c in named if _classes_as_floats(c, options, evidence)]
    prefixes = [prefix_of(c) for c in source.columns if prefix_of(c)]
    alone = not options.score_cols and len(prefixes) == len(set(prefixes))
    # if labels are in another file, a pipeline's label is its prediction
    if not candidates and not same_file and alone:
        words = [
            c for c in columns_named(source, PIPELINE_NAMES) if not is_numeric(value_type(source.types[c]))
        ]
        candidates = [c for c in words if c not in taken and not is_list(source.types[c])]
    if len(candidates) > 1:
        raise AmbiguousInput(
            "several columns may be the predicted class",
            where=source.place(),
            found=join_names(candidates),
            hint=use("or another of them", pred_col=candidates[0]),
            code="which-prediction",
        )
    return candidates[0] if candidates else None


def _classes_as_floats(name: str, options: Options, evidence: Evidence) -> bool:
    return options.scores == "auto" and options.may_have_classes and evidence.are_classes(name)


def _floating(source: Source, name: str) -> bool:
    return bool(pa.types.is_floating(source.types[name]))


def find_scores(
    source: Source, taken: set[str], predicted: str | None, options: Options, evidence: Evidence
) -> tuple[str, ...]:
    """The columns of scores, in the file's order; empty if there are none, or none can be identified."""
    if options.score_cols:
        return requested_scores(source, taken, options.score_cols)
    free = [c for c in source.columns if c not in taken]
    numeric = [c for c in free if is_numeric(value_type(source.types[c])) and leaf(c) not in FEATURES]
    flat = [c for c in free if not is_list(source.types[c])]
    choice = _named_sets(source, flat, numeric, evidence)
    lists = [c for c in numeric if is_list(source.types[c])]
    choice = choice or [(c, (c,)) for c in lists]
    # one column with a prefix is not a set: p_value next to prob
    lone = [c for c in numeric if prefix_of(c) and not is_list(source.types[c])]
    choice = choice or ([(lone[0], tuple(lone))] if len({prefix_of(c) for c in lone}) == 1 else [])
    choice = choice or [(c, (c,)) for c in lone]
    if len(choice) > 1:
        raise AmbiguousInput(
            "several sets of columns may be the scores",
            where=source.place(),
            found=join_names(name for name, _ in choice),
            hint=use("or another of them", score_cols=choice[0][0]),
            code="which-scores",
        )
    if choice:
        return choice[0][1]
    rest = [c for c in free if c.casefold() not in NOT_SCORES and leaf(c) not in FEATURES]
    _refuse_lower(source, rest, evidence)
    # next to a predicted class, numbers that are not named like scores may be anything
    alone = rest and not predicted and all(_floating(source, c) for c in rest)
    return tuple(rest) if alone else ()


def _named_sets(
    source: Source, free: Sequence[str], numeric: Sequence[str], evidence: Evidence
) -> list[tuple[str, tuple[str, ...]]]:
    """Sets of columns that are named like scores or after the labels.

    ``free``: columns with one value per row, also without numbers, which a set may contain by mistake.
    """
    flat = [c for c in numeric if not is_list(source.types[c])]
    by_prefix: dict[str, list[str]] = {}
    for c in free:
        if prefix_of(c):
            by_prefix.setdefault(prefix_of(c), []).append(c)
    several = {prefix: columns for prefix, columns in by_prefix.items() if len(columns) > 1}
    choice = [(f"{prefix}*", tuple(columns)) for prefix, columns in several.items()]
    known = [set(columns) for columns in several.values()]
    for head, columns in sets_for(flat, evidence.names if len(evidence.names) > 1 else ()).items():
        members = set(columns)
        if any(members <= others for others in known) or LOWER_BETTER.search(columns[0]):
            continue
        more = not head and any(c not in members and c.casefold() not in NOT_SCORES for c in flat)
        if not (evidence.are_probabilities(columns) if more else _are_scores(columns, evidence)):
            continue
        choice.append((f"{head}*" if head else ",".join(columns), columns))
    named = [c for c in columns_named(source, SCORE_NAMES) if c in numeric]
    # a real value, or a probability, that is named like a prediction
    named = named or [
        c for c in columns_named(source, PREDICTED_NAMES) if c in numeric and _floating(source, c)
    ]
    sets = [set(columns) for _, columns in choice]
    return choice + [(c, (c,)) for c in dict.fromkeys(named) if not any(c in columns for columns in sets)]


def _refuse_lower(source: Source, rest: Sequence[str], evidence: Evidence) -> None:
    """Ask about columns named after the labels whose names mean that lower is better."""
    for head, columns in sets_for(rest, evidence.names if len(evidence.names) > 1 else ()).items():
        if LOWER_BETTER.search(columns[0]):
            raise AmbiguousInput(
                "cannot tell whether higher or lower values mean a likelier class",
                where=source.place(),
                found=join_names(columns),
                hint=use("if the higher", score_cols=f"{head}*", scores="raw") | "negate them if the lower",
                code="which-scores",
            )


def _are_scores(columns: Sequence[str], evidence: Evidence) -> bool:
    """Whether columns named after the labels contain their scores; numbers in names may mean anything."""
    words = any(parse_number(name) is None for name in evidence.names)
    return words or evidence.are_probabilities(columns)


def requested_scores(source: Source, taken: set[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The columns that the user names, which must contain numbers."""
    chosen = expand_columns(source, taken, wanted, "--score-cols")
    if any(sign in pattern for pattern in wanted for sign in "*?[") and len(chosen) > 1:
        # columns that a glob matches are skipped if they are not numeric: .pred_class next to .pred_ash
        literal = {pattern for pattern in wanted if pattern in source.columns}
        kept = tuple(c for c in chosen if c in literal or is_numeric(value_type(source.types[c])))
        chosen = kept or chosen
    for name in chosen:
        kind = source.types[name]
        if not is_numeric(value_type(kind)):
            raise InputError(
                "a score column does not contain numbers",
                where=source.place(name),
                found=str(kind),
                hint=use("with other columns", score_cols=Blank("NAMES")),
            )
    return chosen


def class_names(
    scores: Sequence[str], options: Options, names: Sequence[str]
) -> tuple[str, tuple[str, ...] | None]:
    """Kind of scores from the column names, and the class of each column. ``names``: of the labels."""
    cut = cut_to(scores, names) if len(scores) > 1 and names else None
    if cut is not None:
        return cut[0].casefold(), cut[1]
    asked = [p.removesuffix("*") for p in options.score_cols if p.count("*") == 1 and p.endswith("*")]
    # a usual prefix has priority over a glob that ends within a word, e.g. p* or prob_c*
    whole = [prefix for prefix in asked if not prefix[-1:].isalnum()]
    for prefix in (*whole, *map(prefix_of, scores[:1]), *asked):
        if scores and prefix and all(c.startswith(prefix) and c != prefix for c in scores):
            return prefix.casefold(), tuple(c.removeprefix(prefix) for c in scores)
    if len(scores) == 1:
        return _of_lone(scores[0], names)
    counted = [NUMBERED.fullmatch(name) for name in scores]
    if all(counted) and len({match[1] for match in counted if match}) == 1:
        return "", tuple(match[2] for match in counted if match)
    return "", tuple(scores) or None


def _of_lone(name: str, names: Sequence[str]) -> tuple[str, tuple[str, ...] | None]:
    """Kind and class of a single column: attack_prob is the probability of attack, if that is a label."""
    for suffix in SCORE_SUFFIXES:
        stem = name.removesuffix(suffix)
        if stem != name and stem in names and parse_number(stem) is None:
            return suffix.strip("_"), (stem,)
    return kind_in_name(name), None


def refuse_text(source: Source, name: str) -> None:
    """Refuse text in a column that is named like a score, e.g. "97%"."""
    if kind_in_name(name) and pa.types.is_string(source.types[name]):
        texts = (
            text for batch in source.batches([name], text=[name]) for text in batch.column(0).to_pylist()
        )
        first = next((str(text) for text in texts if text), "")
        commas = use("for decimal commas", decimal=",") if COMMA.fullmatch(first) else Hint(())
        raise InputError(
            "a column of scores contains text, not numbers",
            where=source.place(name),
            found=repr(first[:80]),
            hint=commas
            | use("if it is the predicted class", pred_col=name)
            | "write plain numbers, without a percent sign",
            code="not-a-number",
        )


MOST_NAMED = 20


def no_scores(source: Source, taken: set[str]) -> AmbiguousInput:
    """The question which columns contain the scores."""
    free = [c for c in source.columns if c not in taken]
    given = [c for c in free if leaf(c) in FEATURES and is_numeric(value_type(source.types[c]))]
    inside = [c for c in free if "." in c and is_numeric(value_type(source.types[c])) and c not in given]
    why = f"; {join_names(given)} may be inputs of the model" if given else ""
    numeric = [c for c in free if is_numeric(value_type(source.types[c])) and c not in given]
    numeric = [c for c in numeric if plain_name(c) not in LABEL_NAMES and not is_id(c)]
    example = (
        f"{inside[0].rpartition('.')[0]}.*" if inside else ",".join(numeric[:MOST_NAMED]) or Blank("NAMES")
    )
    return AmbiguousInput(
        "cannot tell which columns contain the scores",
        where=source.place(),
        found=f"columns {join_names(source.columns)}{why}",
        hint=use("with the columns of the scores", score_cols=example)
        | use("with the column of the predicted class", pred_col=Blank("NAME")),
        code="which-scores",
    )
