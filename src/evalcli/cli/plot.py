"""``evalcli plot``: pictures of a stored report, of a comparison, or of predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, SliceOptions
from evalcli.cli.options.plot import ALL, KindName, PlotOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.cli.sources import typed_besides
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.findings import Blank, as_hint, flag, instead, omit, use
from evalcli.findings import run as run_hint
from evalcli.text import escape, join_names, split_names, suggest

if TYPE_CHECKING:
    from evalcli.plots.kinds import Kind, Look, Source
    from evalcli.report.report import Report


@grouped
def plot(
    context: Any,
    kind: KindName,
    files: InputOptions,
    task: TaskOptions,
    conventions: Annotated[ConventionOptions, Without("compat")],
    metrics: Annotated[MetricOptions, Without("explain_batches")],
    intervals: IntervalOptions,
    slices: SliceOptions,
    output: Annotated[PlotOptions, TypedOnly("output")],
    run: RunOptions,
) -> int:
    """Draw a stored report, a comparison, or predictions: curves, matrices, reliability, slices."""
    from evalcli.cli.config_file import config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.options.build import options_of
    from evalcli.engine.score import score
    from evalcli.engine.stored_results import is_stored, read_result
    from evalcli.plots.write import write_pictures
    from evalcli.writers.history import read_history

    problems = ErrorCollector()
    problems.found += config_of(context).problems
    look: Look | None = None
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        _require_kind(kind)
    with problems.collect():
        look = _look(output)
    with problems.collect():
        if output.output is None:
            place = "plots/" if kind == ALL else f"{kind}.png"
            raise UsageError("where should the picture go?", hint=use(output=place))
    problems.raise_if_any()
    source: Source
    paths = files.predictions or ()
    of_run = len(paths) == 1 and _is_of_run(kind, paths[0])
    if len(paths) == 1 and (of_run or is_stored(paths[0])):
        _refuse_data(context, ("metrics",) if of_run else ())
        source = read_history(paths[0]) if of_run else read_result(paths[0])
        assert look is not None
        look = replace(look, metrics=split_names(metrics.metrics or ())) if of_run else look
    else:
        options = options_of(files, task, conventions, metrics, intervals, slices, run)
        source = score(replace(options, curves="default"))
    assert look is not None and output.output is not None
    wanted = _kinds(kind, source, paths)
    made = write_pictures(wanted, source, look, _place(kind, output.output), output.dpi, output.style)
    return print_paths(made, output.quiet)


def _place(kind: str, path: str) -> str:
    """Where pictures go: all of them to a folder, also if there is only one."""
    return path if kind != ALL or Path(path).suffix else path.rstrip("/") + "/"


def print_paths(paths: Sequence[str], quiet: bool) -> int:
    """Say which files were written."""
    from evalcli.cli.output import standard_output

    if not quiet:
        with standard_output():
            print("\n".join(paths))
    return ExitCode.OK


def _require_kind(kind: str) -> None:
    from evalcli.plots.kinds import KINDS

    if kind != ALL and kind not in KINDS:
        like = suggest(kind, KINDS)
        hint = instead(kind, like) if like else f"one of {join_names([*KINDS, ALL], 20)}"
        raise UsageError(f"no picture {escape(kind)!r}", hint=hint)


def _is_of_run(kind: str, path: str) -> bool:
    """Whether a file is the history of a run, or the picture is of one."""
    from evalcli.plots.kinds import KINDS
    from evalcli.report.history import History
    from evalcli.writers.history import is_history

    return is_history(path) or (kind != ALL and KINDS[kind].of == History.kind)


def _refuse_data(context: Any, allowed: Sequence[str]) -> None:
    """Refuse options that a stored report cannot follow."""
    own = {"kind", "predictions", "config", *PlotOptions.__struct_fields__, *allowed}
    typed = typed_besides(context, own)
    if typed:
        raise UsageError(
            f"a stored report has no rows, which {flag(typed[0])} is about",
            hint=omit(*typed),
            code="no-effect",
        )


def _look(output: PlotOptions) -> Look:
    from evalcli.metrics.costs import costs_of_errors
    from evalcli.plots.kinds import Look
    from evalcli.plots.matrix import require_choices

    require_choices(output.normalize, output.sort)
    if not 20 <= output.dpi <= 2400:
        raise UsageError(f"--dpi {output.dpi} is not between 20 and 2400", hint=use(dpi=200))
    costs = costs_of_errors(",".join(output.cost)) if output.cost else {}
    return Look(_size(output.size), output.normalize, output.sort, _also(output.also or ()), costs)


def _size(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        width, height = (float(part) for part in text.lower().split("x"))
    except ValueError:
        width = height = 0.0
    if not (1 <= width <= 40 and 1 <= height <= 40):
        raise UsageError(f"--size {escape(text)!r} is not WIDTHxHEIGHT in inches", hint=use(size="3.5x3"))
    return width, height


def _also(texts: Sequence[str]) -> Mapping[str, Report]:
    from evalcli.engine.stored_results import report_in

    found: dict[str, Report] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not name or not path or name in found:
            raise UsageError(
                f"--also {escape(text)!r} is not NAME=REPORT, each of another name",
                hint=use(also=Blank("new=report.json")),
            )
        found[name] = report_in(path)
    return found


def _kinds(name: str, source: Source, paths: Sequence[str]) -> list[Kind]:
    """The kinds that are asked for; refuses one that the data has not."""
    from evalcli.plots.kinds import KINDS, kinds_of, lacking

    if name == ALL:
        return kinds_of(source)
    why = lacking(KINDS[name], source)
    if why is None:
        return [KINDS[name]]
    if why == "the report has no curves":
        hint = run_hint(
            "evalcli", "score", Blank("PREDICTIONS"), "-o", paths[0], words="writes one with them"
        )
    elif name == "slices":
        hint = run_hint("evalcli", "score", Blank("FILE"), "--by", Blank("COLUMN"), words="makes slices")
    else:
        hint = as_hint(f"one of {join_names([kind.name for kind in kinds_of(source)], 20)}")
    raise UsageError(f"{name}: {why}", where=escape(str(Path(paths[0]))) if paths else None, hint=hint)


__all__ = ["plot"]
