"""States of shards added up: the report that one pass over all of them would have given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from evalcli.engine.compose import compose, study_begun
from evalcli.engine.notes.collect import look_at
from evalcli.engine.notes.registry import Looked
from evalcli.engine.plan import Plan, Wanted
from evalcli.engine.pool import Pool, Task, result_of
from evalcli.engine.result import PassResult, pass_result
from evalcli.engine.stored_comparison import StoredComparison
from evalcli.engine.stored_content import read_content
from evalcli.engine.stored_pass import StoredPass, names_of_rows, write_pass
from evalcli.engine.together import differences, together
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, Finding, Hint, Step, flag, omit, run, use, words_of
from evalcli.loaders.locate import locate, shown
from evalcli.loaders.resource import Resource
from evalcli.metrics import statistic
from evalcli.report.notes import note
from evalcli.report.provenance import Provenance
from evalcli.report.report import Report
from evalcli.states import SUFFIX
from evalcli.statistics import AnyStatistic, Mapper, ScoreRanking, ScoreRuns, State
from evalcli.statistics.base import States
from evalcli.text import escape, join_names

S = TypeVar("S", StoredPass, StoredComparison)
OF_ALL = ("ignored-label-absent",)
"""Notes that something is nowhere: true of all parts only if it is of each."""
MOST_NAMED = 5
"""Parts that a message names."""
OnParts = Callable[[int, int | None], None]
"""Called with the number of files that were added, and of all."""


class Counted(Struct, frozen=True):
    """How many parts there should be, if it is known, and whether one that comes again is left out."""

    expect: int | None = None
    skip_duplicates: bool = False

    def require(self, whole: StoredPass | StoredComparison, paths: Sequence[str]) -> None:
        """Refuse another number of parts."""
        count = len(whole.parts)
        if self.expect is not None and count != self.expect:
            raise InputError(
                f"{count:,} parts instead of {self.expect:,}",
                where=join_names(map(escape, paths), MOST_NAMED),
                found=join_names((escape(part.path) for part in whole.parts), MOST_NAMED),
                hint=use("if these are all", expect=count),
                code="missing-parts",
            )


class Adding(Struct, Generic[S], frozen=True):
    """How contents of a kind are added, why two cannot be, and how one that comes twice is left out."""

    kind: type[S]
    differences: Callable[[S, S], Iterator[str]]
    together: Callable[[S, S], S]
    left_out: Hint


PASSES = Adding(StoredPass, differences, together, use("to leave it out", skip_duplicates=True))


class Merged(Struct, Generic[S], frozen=True, eq=False):
    """The sum of the states of some files. ``twice``: parts that were left out, as they are in it already."""

    whole: S
    twice: tuple[str, ...] = ()


def merge(
    paths: Sequence[str],
    *,
    wanted: Callable[[Wanted], Wanted] = lambda asked: asked,
    counted: Counted | None = None,
    jobs: int = 1,
    command: Sequence[str] = (),
    on_parts: OnParts | None = None,
    on_state: Callable[[bytes], None] | None = None,
) -> Report:
    """The report of the rows of all states.

    ``wanted``: what is computed of them, from what was asked for when they were made. ``on_state``: called
    with the bytes of the sum. Raises an ``EvalcliError`` for files that are no states, or do not fit.
    """
    with Pool(jobs) as pool:
        merged = sum_of(paths, PASSES, counted or Counted(), pool, on_parts)
        report = report_of(merged, wanted, pool.map if jobs > 1 else map, command, on_state)
    return replace(report, notes=tuple(map(where_scored, report.notes)))


def sum_of(
    paths: Sequence[str], adding: Adding[S], counted: Counted, pool: Pool, on_parts: OnParts | None
) -> Merged[S]:
    """The sum of the states in files, which must be of one kind, and as many as are expected."""
    files = [located.resource for located in locate(paths, (SUFFIX,), None)]
    contents = _read(files, partial(read_content, kind=adding.kind), pool)
    merged = summed(contents, len(files), adding, counted.skip_duplicates, on_parts)
    counted.require(merged.whole, paths)
    return merged


def where_scored(note: Finding, command: Sequence[str | Blank] = ("score", Blank("PART"))) -> Finding:
    """A note whose next step is an option of another command, which made the states."""
    if note.hint is None or not any(map(_is_of_score, note.hint.steps)):
        return note
    return replace(note, hint=Hint(tuple(_as_command(step, command) for step in note.hint.steps)))


def _is_of_score(step: Step) -> bool:
    return bool(step.options or step.without or step.instead)


def _as_command(step: Step, command: Sequence[str | Blank]) -> Step:
    """A step that changes options, as it is taken where a part is scored."""
    if not _is_of_score(step):
        return step
    typed = [word for name, value in step.options.items() for word in words_of(name, value)]
    left = f"without {' '.join(map(flag, step.without))}" if step.without else ""
    words = " ".join(word for word in (left, step.words) if word)
    return Step(words, command=("evalcli", *command, *typed))


def _read(files: Sequence[Resource], read: Callable[[Resource], S], pool: Pool) -> Iterator[tuple[str, S]]:
    """Each file with its content, of which few are in memory at a time."""
    waiting: deque[Task[S]] = deque()
    names = deque(file.name for file in files)
    for file in files:
        waiting.append(pool.submit(partial(read, file)))
        if len(waiting) > pool.jobs:
            yield names.popleft(), result_of(waiting)
    while waiting:
        yield names.popleft(), result_of(waiting)


def summed(
    files: Iterable[tuple[str, S]],
    total: int,
    adding: Adding[S],
    skip_duplicates: bool = False,
    on_parts: OnParts | None = None,
) -> Merged[S]:
    """The sum of all files, whose parts are counted once; refuses files that do not fit, all at once."""
    whole: S | None = None
    first, wrong, seen, twice = "", [], dict[str, str](), list[str]()
    for count, (path, stored) in enumerate(files, 1):
        again = [part.path for part in stored.parts if part.digest in seen]
        if again and len(again) < len(stored.parts):
            raise _half(path, again)
        if again and not skip_duplicates:
            raise _repeated(path, again, seen[stored.parts[0].digest], adding)
        if again:
            twice += again
        else:
            seen |= {part.digest: path for part in stored.parts}
            unlike = [] if whole is None else list(adding.differences(whole, stored))
            if unlike:
                wrong.append(f"{escape(path)}: {'; '.join(unlike)}")
            elif not wrong:
                first = first or path
                whole = stored if whole is None else adding.together(whole, stored)
        if on_parts is not None:
            on_parts(count, total)
    if wrong or whole is None:
        raise InputError(
            "the states do not fit: they are not of parts of one run",
            where=escape(first),
            found=join_names(wrong, MOST_NAMED),
            hint="score every part with the same options and release" | use(classes=Blank("NAMES")),
            code="other-states",
        )
    return Merged(whole, tuple(twice))


def _repeated(path: str, again: Sequence[str], known: str, adding: Adding[S]) -> InputError:
    return InputError(
        "a part comes twice",
        where=escape(path),
        found=f"{join_names(map(escape, again), MOST_NAMED)} is also in {escape(known)}",
        hint=adding.left_out,
        code="duplicate-part",
    )


def _half(path: str, again: Sequence[str]) -> InputError:
    return InputError(
        "a merged state contains some parts that are also in another file, and some that are not",
        where=escape(path),
        found=join_names(map(escape, again), MOST_NAMED),
        hint="merge the states of the parts instead",
        code="duplicate-part",
    )


def report_of(
    merged: Merged[StoredPass],
    wanted: Callable[[Wanted], Wanted],
    mapper: Mapper,
    command: Sequence[str] = (),
    on_state: Callable[[bytes], None] | None = None,
) -> Report:
    """The report of a sum, and its bytes if they are wanted."""
    whole = merged.whole
    asked = wanted(whole.wanted)
    planned = whole.plan(asked)
    result = result_of_sum(whole, planned, mapper)
    study = study_begun(planned, result.summary)
    source = source_of(whole, result, asked)
    looked = looked_of(whole, merged.twice) + look_at(result, whole.facts, source)
    report = compose(planned, result, source, looked, tuple(map(shown, command)), study)
    if on_state is not None:
        on_state(write_pass(whole.compacted(), mapper))
    return report


def source_of(whole: StoredPass, result: PassResult, asked: Wanted) -> Provenance:
    """Where the rows of a sum come from, with the options of its report."""
    return replace(
        whole.source,
        effective=result.size.effective if whole.context.weighted else None,
        groups=whole.context.groups,
        options={**whole.source.options, "min_n": asked.min_n}
        | ({} if asked.confidence is None else {"confidence": asked.confidence}),
    )


def looked_of(whole: StoredPass, twice: Sequence[str] = ()) -> Looked:
    """Notes on the files of the parts: one that several share once, with the parts that it is of.

    ``twice``: parts that were left out.
    """
    parts, found = whole.parts, dict[tuple[str, str], list[Finding]]()
    for raised in whole.looked.notes:
        found.setdefault((raised.code, raised.message), []).append(raised)
    notes = [
        shared[0] if len(shared) == len(parts) > 1 else replace(shared[0], where=_places(shared))
        for shared in found.values()
        if shared[0].code not in OF_ALL or len(shared) == len(parts)
    ]
    if twice:
        names = join_names(map(escape, twice), MOST_NAMED)
        notes.append(note("parts-skipped", f"{names} came again and was left out", len(twice)))
    codes = {finding.code for finding in notes}
    reasons = whole.looked.not_looked_for
    return Looked(tuple(notes), {code: why for code, why in reasons.items() if code not in codes})


def _places(shared: Sequence[Finding]) -> str:
    return join_names(dict.fromkeys(str(finding.where) for finding in shared), MOST_NAMED)


def result_of_sum(whole: StoredPass, planned: Plan, mapper: Mapper) -> PassResult:
    """The finished states that a plan needs. Raises a ``UsageError`` if a state was not stored."""
    own = whole.plan()
    states = _chosen(planned, planned.statistics, own, own.statistics, whole.states)
    slices = [
        (by, _chosen(planned, planned.of_slices, own, own.of_slices, of_slice))
        for by, of_slice in whole.slices
    ]
    return pass_result(planned.context, states, whole.tally, slices, mapper)


def _chosen(
    planned: Plan,
    needed: Sequence[AnyStatistic],
    own: Plan,
    stored: Sequence[AnyStatistic],
    states: Sequence[State[object]],
) -> States:
    """The states of the statistics that a plan needs; functions of rows are the same by the metric's name."""
    names, others = names_of_rows(own), names_of_rows(planned)
    held = {names.get(statistic, statistic): state for statistic, state in zip(stored, states, strict=True)}
    chosen: States = {}
    for wanted in needed:
        state = held.get(others.get(wanted, wanted))
        if state is None and isinstance(wanted, ScoreRanking):
            state = _ranked_as(wanted, states)
        if state is None:
            raise _not_stored(planned, wanted)
        chosen[wanted] = state
    return chosen


def _ranked_as(wanted: ScoreRanking, states: Sequence[State[object]]) -> State[object] | None:
    """A stored ranking, from which other figures of the same kind are computed."""
    runs = next((state for state in states if isinstance(state, ScoreRuns)), None)
    if runs is None or (wanted.one_vs_one and not runs.ranked.one_vs_one):
        return None
    if wanted.certified != runs.ranked.certified or (wanted.with_variance and not runs.ranked.with_variance):
        return None
    return replace(runs, ranked=wanted)


def _not_stored(planned: Plan, lacking: AnyStatistic) -> UsageError:
    pairs = isinstance(lacking, ScoreRanking) and lacking.one_vs_one
    names = [
        request.key
        for request in planned.requests
        if (not pairs or request.one_vs_one)
        and any(lacking in (statistic(part, planned.context), *part.metric.also) for part in request.simple)
    ]
    return UsageError(
        f"the states do not hold what {join_names(names, MOST_NAMED) or 'this'} needs",
        hint=_where_scored_with(names) if names else omit("no_intervals"),
    )


def _where_scored_with(names: Sequence[str]) -> Hint:
    words = ("evalcli", "score", Blank("PART"), "--metrics", ",".join(["default", *names]))
    return run(*words, words="for every part")
