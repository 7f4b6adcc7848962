"""A run over many parts on a cluster: each part is scored where it is read, and what it leaves is added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.cluster.executor import Executor, Spread, open_executor
from evalcli.engine.merge import MOST_NAMED, OnParts
from evalcli.engine.on_worker import (
    Finished,
    PartSize,
    Wish,
    add_parts,
    finish,
    score_part,
    size_of,
    version,
)
from evalcli.engine.work import Work
from evalcli.errors import EvalcliError, InputError, UsageError
from evalcli.findings import Blank, omit, use
from evalcli.gate.rules import RuleText
from evalcli.inputs.misplaced import in_order_of
from evalcli.inputs.options import Options
from evalcli.inputs.patterns import FIELD, Match, matches, pattern_of
from evalcli.loaders.formats import SUFFIXES
from evalcli.loaders.locate import located_names
from evalcli.loaders.resource import Resource
from evalcli.report.notes import note
from evalcli.report.report import Report
from evalcli.text import escape, join_names

COPIES = 3
"""How often the scores of all rows are held where they are added."""
SHARE = 8
"""Part of a worker's memory that labels which are sent may take."""


class Part(Struct, frozen=True):
    """Files of predictions and labels of a part. ``shared``: whether all parts have this file of labels."""

    predictions: str
    labels: str | None
    shared: bool = False


def score_shards(
    options: Options,
    *,
    cluster: str,
    retries: int = 2,
    plugins: Sequence[str] = (),
    asked: Sequence[RuleText] = (),
    only: Sequence[str] = (),
    command: Sequence[str] = (),
    on_progress: OnParts | None = None,
    on_rows: None = None,
    on_state: Callable[[bytes], None] | None = None,
) -> Report:
    """Score every file on a cluster, and add up what they leave: the report of one run over all of them.

    ``retries``: how often a part is tried again whose worker died or could not reach it. Raises an
    ``EvalcliError`` that names the part for one that cannot be scored, and what ``score`` raises.
    """
    shards = shards_of(options)
    wish = Wish(tuple(asked), tuple(only), tuple(plugins))
    with open_executor(cluster) as executor:
        _require_release(executor, cluster)
        work = Work(executor, retries, len(shards), on_progress)
        try:
            finished, outgrown = _worked(
                work, executor, shards, options, wish, tuple(command), on_state is not None
            )
        except EvalcliError:
            raise
        except Exception as error:
            executor.require_there(error)
            raise
    if finished.error is not None:
        raise finished.error
    assert finished.report is not None
    if on_state is not None and finished.state is not None:
        on_state(finished.state)
    return _with_note(finished.report, outgrown) if outgrown else finished.report


def _worked(
    work: Work,
    executor: Executor,
    shards: Sequence[Part],
    options: Options,
    wish: Wish,
    command: tuple[str, ...],
    kept: bool,
) -> tuple[Finished, int]:
    """What the workers made of all parts, and the rows if these outgrow a worker, otherwise 0."""
    shared = any(shard.shared for shard in shards)  # rows are known by their ids then
    each = [_options_of(shard, options) for shard in shards]
    sizes = work.results([(size_of, (one,)) for one in each])
    if not shared:
        each = _placed(each, sizes)
    outgrown = _outgrown(sizes, executor.memory) if options.ranking == "auto" else 0
    if outgrown:
        each = [replace(one, large=True) for one in each]
    labels = _sent(shards[0].labels or "", executor) if shared else ()
    tasks = [(score_part, (one, wish, *labels)) for one in each]
    return work.total(tasks, add_parts, finish, options, command, kept), outgrown


def _outgrown(sizes: Sequence[PartSize | None], memory: int | None) -> int:
    """All rows, if their scores are more than a worker holds, as far as files declare them; otherwise 0."""
    known = [size for size in sizes if size is not None]
    outgrow = memory is not None and COPIES * 8 * sum(size.rows * size.width for size in known) > memory
    return sum(size.rows for size in known) if outgrow else 0


def _with_note(report: Report, rows: int) -> Report:
    """With a note that the scores were counted in bins, if they were: other figures need all of them."""
    if all(found.code != "certified-ranking" for found in report.notes):
        return report
    told = note(
        "certified-by-size",
        f"the scores of {rows:,} rows are more than a worker holds, so that they were counted in bins",
        hint=use("for areas without an error, where workers have the memory", ranking="exact"),
    )
    return replace(report, notes=(told, *report.notes))


def _sent(name: str, executor: Executor) -> tuple[str, Any]:
    """The labels of all parts where workers find them: a token, and the bytes if they are sent.

    A file that workers reach is read by each of them.
    """
    if "://" in name or executor.reads_here:
        return uuid4().hex, None
    size, memory = Resource(name).size, executor.memory
    if memory is not None and size > memory // SHARE:
        raise UsageError(
            f"the labels of all parts are too large to be sent to every worker: {size:,} bytes",
            where=name,
            hint="give each part its own labels"
            | use("with a field that both share", labels=Blank("y-{part}.csv")),
            code="labels-too-large",
        )
    data = Path(name).read_bytes()
    return sha256(data).hexdigest(), Spread(data)


def shards_of(options: Options) -> list[Part]:
    """The parts of a run: each file of the predictions, with its labels.

    Labels are in the files, in one file for all, in one of the same field for each, or in as many files.
    """
    if options.batches is not None:
        raise UsageError("--explain-batches needs all rows in order", hint=omit("explain_batches"))
    labels = options.label_files
    if "-" in (*options.files, *labels):
        raise UsageError("standard input cannot be sent to a cluster", hint=omit("cluster"))
    if any(FIELD.search(name) for name in (*options.files, *labels)):
        return _by_fields(options.files, labels)
    files = located_names(options.files, SUFFIXES)
    if not labels:
        return [Part(file, None) for file in files]
    found = located_names(labels, SUFFIXES)
    if len(found) == 1:
        return [Part(file, found[0], len(files) > 1) for file in files]
    if len(found) != len(files):
        raise UsageError(
            f"{len(files):,} files of predictions and {len(found):,} of labels",
            hint="give one file of labels with ids, or one for each part"
            | use("with a field that both share", labels=Blank("y-{part}.csv")),
        )
    return [Part(*pair) for pair in zip(in_order_of(files, found), found, strict=True)]


def _by_fields(files: Sequence[str], labels: Sequence[str]) -> list[Part]:
    """Files of the same values of the fields in braces belong together."""
    found = [match for name in files for match in matches(pattern_of(name))]
    if not labels:
        return [Part(match.path, None) for match in found]
    truth = {_key(match): match.path for name in labels for match in matches(pattern_of(name))}
    lacking = [match.path for match in found if _key(match) not in truth]
    if lacking:
        raise InputError(
            f"{len(lacking):,} parts have no labels",
            where=join_names(map(escape, labels)),
            found=join_names(map(escape, lacking), MOST_NAMED),
            hint="give both patterns the same fields",
            code="no-labels",
        )
    return [Part(match.path, truth[_key(match)]) for match in found]


def _key(match: Match) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(match.values.items()))


def _options_of(part: Part, options: Options) -> Options:
    """The options of one part. Labels of all parts in one file have rows that this part does not predict."""
    return replace(
        options,
        predictions=(part.predictions,),
        labels=None if part.labels is None else (part.labels,),
        shared_labels=part.shared,
        stored=True,
        jobs=1,
    )


def _placed(options: list[Options], sizes: Sequence[PartSize | None]) -> list[Options]:
    """Where each part begins among all rows, if every file declares its rows."""
    known = [size.rows for size in sizes if size is not None]
    if len(known) < len(sizes):
        return options
    starts = [sum(known[:number]) for number in range(len(known))]
    return [replace(one, first_row=start) for one, start in zip(options, starts, strict=True)]


def _require_release(executor: Executor, cluster: str) -> None:
    """Refuse workers without this release."""
    other = {worker: found for worker, found in executor.versions(version).items() if found != __version__}
    if other:
        words = {"none": "not installed"}
        named = (f"{worker}: {words.get(found, found)}" for worker, found in other.items())
        raise InputError(
            f"workers without evalcli {__version__}",
            where=escape(cluster),
            found=join_names(named, MOST_NAMED),
            hint="install the same release on every worker",
            code="other-release",
        )
    if not executor.workers:
        raise InputError(
            "the cluster has no workers", where=escape(cluster), hint="start some", code="no-cluster"
        )
