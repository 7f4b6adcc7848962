"""``evalcli metrics`` and ``evalcli explain``: lists and pages of metrics and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from evalcli.cli.listed import Listed, listed, row_of
from evalcli.cli.options.groups import Without, grouped
from evalcli.cli.options.metrics import LISTS, ListOptions, OwnOptions, Subjects, TaskFilter, Words
from evalcli.cli.own import definitions_by_name, load_plugins
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.findings import instead, run
from evalcli.tasks import TASKS
from evalcli.text import join_names

if TYPE_CHECKING:
    from evalcli.definitions import Definition
    from evalcli.metrics import Metric
    from evalcli.renderers.tables import Grid
    from evalcli.tasks import Task

WIDTH = 100
HEADS = 24
"""Width of the heads of an explanation."""
SUMMARY = 30
"""Minimum width of the summary on a terminal, for which other columns are dropped."""
MOST = 3
"""Aliases of a metric in a list; on a terminal one."""
Aliases = Mapping[str, Sequence[str]]
"""Other names that match, by metric."""


@grouped
def metrics(
    task: TaskFilter,
    own: Annotated[OwnOptions, Without("define", "cost_matrix")],
    output: ListOptions,
    words: Words = None,
) -> int:
    """List metrics, or those that match all WORDS: name, tasks, direction, range, summary."""
    load_plugins(own.plugin)
    chosen = None if task.task is None else _task_named(task.task)
    if not words:
        rows = [*listed(chosen), *(_own(chosen) if own.plugin else ())]
        return _print(output.format, lambda: _all_facts(chosen), lambda: _table(rows, chosen))
    from evalcli.metrics.lookup import search

    found = search(words, chosen)
    if not found:
        raise _nothing_found(" ".join(words), chosen)
    aliases = {metric.name: names for metric, names in found}
    rows = [row_of(metric) for metric, _ in found]
    return _print(
        output.format,
        lambda: [_facts(metric) for metric, _ in found],
        lambda: _table(rows, chosen, aliases) + _answered(words),
    )


@grouped
def explain(names: Subjects, own: Annotated[OwnOptions, Without("cost_matrix")], output: ListOptions) -> int:
    """Explain metrics and notes: formula, convention, when undefined, how other libraries differ."""
    load_plugins(own.plugin)
    problems = ErrorCollector()
    pages: list[tuple[Mapping[str, object], str]] = []
    defined: dict[str, Definition] = {}
    with problems.collect():
        defined = definitions_by_name(own.define)
    for name in names:
        with problems.collect():
            pages += _pages_of_definition(defined, name) if name in defined else _pages(name)
    problems.raise_if_any()
    facts = [facts for facts, _ in pages]
    return _print(
        output.format,
        lambda: facts[0] if len(facts) == 1 else facts,
        lambda: "\n\n".join(page for _, page in pages),
    )


def _own(task: Task | None) -> list[Listed]:
    """The metrics of plugins."""
    from evalcli.metrics import METRICS

    return [row_of(metric) for metric in METRICS.of(task) if METRICS.origin_of(metric)]


def _task_named(name: str) -> Task:
    if name in TASKS:
        return TASKS[name]
    from evalcli.metrics import describe

    return describe.task_named(name)


def _all_facts(task: Task | None) -> list[dict[str, object]]:
    from evalcli.metrics import describe

    return [_facts(metric) for metric in describe.of_task(task)]


def _facts(metric: Metric) -> dict[str, object]:
    from evalcli.intervals.words import in_words
    from evalcli.metrics import describe

    return describe.facts(metric, in_words(metric))


def _nothing_found(words: str, task: Task | None) -> UsageError:
    from evalcli.metrics.lookup import answer_of, explained, search, suggestion

    of_task = ("--task", task.name) if task else ()
    answer, better = answer_of(words), suggestion(words)
    what = f"no metric matches {words!r}"
    if answer is not None:
        return UsageError(
            f"{what}: {answer.sentence}", hint=explained(answer) or run("evalcli", "metrics", *of_task)
        )
    if better is not None and search([better], task):
        return UsageError(what, hint=instead(words, better))
    return UsageError(what, hint=run("evalcli", "metrics", *of_task))


def _answered(words: Sequence[str]) -> str:
    """The answer to a name that no metric has, below the metrics that match it."""
    from evalcli.metrics.lookup import answer_of

    name = " ".join(words)
    answer = answer_of(name)
    return "" if answer is None else f"\n\n{name}: {answer.sentence}"


def _table(found: Sequence[Listed], task: Task | None, aliases: Aliases = MappingProxyType({})) -> str:
    from evalcli.cli.bare import terminal_width
    from evalcli.renderers.text import lines

    width = terminal_width()
    columns = _columns(found, task, aliases, MOST if width is None else 1)
    return "\n".join(lines(_fitted(columns, width))).lstrip("\n")


def _columns(found: Sequence[Listed], task: Task | None, aliases: Aliases, most: int) -> dict[str, list[str]]:
    called = [join_names(sorted(aliases.get(row.name, ()), key=len), most) for row in found]
    of_task = "tasks" if task is None else "averages"
    columns = {
        "metric": [row.title for row in found],
        "also called": called,
        of_task: [row.tasks if task is None else row.averages[task.name] for row in found],
        "better": [{"none": "—"}.get(row.better, row.better) for row in found],
        "range": [row.range for row in found],
        "needs": [row.requires for row in found],
        "summary": [row.summary for row in found],
    }
    return {name: cells for name, cells in columns.items() if name != "also called" or any(called)}


def _fitted(columns: dict[str, list[str]], width: int | None) -> Grid:
    """The columns that fit a terminal with a summary, and the summary cut to the width that is left."""
    from evalcli.renderers.tables import GAP, Cell, Grid

    summary = columns.pop("summary")
    room = max(map(len, summary))
    if width is not None:
        for dropped in ("needs", "range", "tasks", "averages", "better", "also called", ""):
            room = width - sum(max(map(len, [name, *cells])) + GAP for name, cells in columns.items())
            if room >= SUMMARY:
                break
            columns.pop(dropped, None)
        room = max(room, len("summary"))
    columns["summary"] = [text if len(text) <= room else f"{text[: room - 1].rstrip()}…" for text in summary]
    rows = tuple(tuple(map(Cell, row)) for row in zip(*columns.values(), strict=True))
    return Grid("", tuple(columns), frozenset(range(len(columns))), rows)


def _pages(name: str) -> Iterator[tuple[Mapping[str, object], str]]:
    """Facts and page of each metric that a name may mean, or of a note."""
    from evalcli.metrics.lookup import UnknownMetric, find_metrics
    from evalcli.metrics.spelling import closest
    from evalcli.report import note_pages
    from evalcli.report.notes import NOTES

    if name in NOTES:
        yield note_pages.facts(name), _text(name, note_pages.explanation(name))
        return
    try:
        metrics = find_metrics(name)
    except UnknownMetric as error:
        note = closest(name, NOTES)
        if note is None:
            raise
        raise UsageError(
            error.what.replace("metric", "metric or note", 1), hint=instead(name, note)
        ) from None
    for metric in metrics:
        yield _facts(metric), _page(metric, name)


def _pages_of_definition(
    defined: Mapping[str, Definition], name: str
) -> Iterator[tuple[Mapping[str, object], str]]:
    from evalcli.intervals.words import in_words
    from evalcli.metrics import describe
    from evalcli.metrics.own import for_any_data

    metric = for_any_data(list(defined.values()), name)
    yield _facts(metric), _text(name, describe.explanation(metric, in_words(metric)))


def _page(metric: Metric, name: str) -> str:
    from evalcli.intervals.words import in_words
    from evalcli.metrics import describe
    from evalcli.metrics.lookup import meaning

    title, head = describe.in_words(metric), name.partition(":")[0].strip()
    target = meaning(head, metric)
    other = [] if head == target else [f"{head}: another name of {target}", ""]
    return "\n".join([*other, _text(title, describe.explanation(metric, in_words(metric)))])


def _text(title: str, explanation: Sequence[tuple[str, str]]) -> str:
    import textwrap

    page = [title]
    for head, text in explanation:
        indent = " " * (HEADS if head else 2)
        first = f"  {head}".ljust(HEADS) if head else indent
        page.append(
            textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
        )
        if not head:
            page.append("")
    return "\n".join(page)


def _print(form: str, facts: Callable[[], Any], table: Callable[[], str]) -> int:
    from evalcli.cli.output import require_format, standard_output
    from evalcli.renderers import json

    require_format(form, LISTS)
    with standard_output():
        print(json.text(facts()) if form == "json" else table())
    return ExitCode.OK
