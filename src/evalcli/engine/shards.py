"""A run over many parts on a cluster: each part is scored where it is read, and what it leaves is added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from queue import SimpleQueue
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.cluster.executor import Executor, Future, open_executor
from evalcli.engine.merge import MOST_NAMED, Merged, OnParts, report_of
from evalcli.engine.plan import Wanted
from evalcli.engine.score import state_of
from evalcli.engine.stored_pass import StoredPass, read_pass, write_pass
from evalcli.engine.together import differences, together
from evalcli.errors import EvalcliError, InputError, UsageError
from evalcli.findings import Blank, omit, use
from evalcli.gate.rules import RuleText
from evalcli.inputs.options import Options
from evalcli.inputs.patterns import FIELD, Match, matches, pattern_of
from evalcli.loaders.formats import SUFFIXES
from evalcli.loaders.locate import located_names, shown
from evalcli.loaders.open import open_source
from evalcli.loaders.resource import Resource
from evalcli.report.report import Report
from evalcli.text import escape, join_names

TOGETHER = 8
"""Parts that are added at a time."""


class Part(Struct, frozen=True):
    """Files of predictions and labels of a part. ``shared``: whether all parts have this file of labels."""

    predictions: str
    labels: str | None
    shared: bool = False


class PartError(Exception):
    """A part that cannot be scored, wherever it is tried. Arguments: its path, messages, and their code."""


def score_part(
    options: Options, asked: tuple[RuleText, ...], only: tuple[str, ...], plugins: tuple[str, ...]
) -> bytes:
    """The state of one part; runs on a worker. Raises a ``PartError`` for what the part is to blame for."""
    try:
        if plugins:
            from evalcli.metrics.plugins import load_files

            load_files(plugins)
        return state_of(options, asked=asked, only=only)
    except EvalcliError as error:
        text, path = str(error), shown(options.files[0])
        if options.shared_labels and error.code == "rows-differ":
            text = f"one file of labels for all parts needs ids to match rows by: {text}"
        raise PartError(path, text, error.code) from None
    except (OSError, MemoryError):
        raise  # another worker may do
    except Exception as error:  # a fault of this program is one wherever it is tried
        raise PartError(shown(options.files[0]), f"{type(error).__name__}: {error}", "bug") from error


def add_parts(*parts: bytes) -> bytes:
    """The state of several parts together; runs on a worker."""
    whole, *others = (read_pass(Resource("a part", data=bytes(part))) for part in parts)
    for stored in others:
        twice = {part.digest for part in whole.parts} & {part.digest for part in stored.parts}
        if twice:
            copies = [part.path for part in (*whole.parts, *stored.parts) if part.digest in twice]
            raise PartError(join_names(copies), "a part comes twice: it would count twice", "duplicate-part")
        unlike = list(differences(whole, stored))
        if unlike:
            names = f"{whole.parts[0].path} and {stored.parts[0].path}"
            raise PartError(names, f"the parts do not fit: {'; '.join(unlike)}", "other-states")
        whole = together(whole, stored)
    return write_pass(whole.compacted())


def count_rows(options: Options) -> int | None:
    """Rows that a file declares; None if it must be read for that. Runs on a worker."""
    try:
        return open_source(options.files, options.settings(options.input_format)).rows
    except EvalcliError:
        return None  # the part itself says why


def version() -> str:
    """The release on a worker."""
    return __version__


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
    with open_executor(cluster) as executor:
        _require_release(executor, cluster)
        work = Work(executor, retries, len(shards), on_progress)
        each = [_options_of(shard, options) for shard in shards]
        if not any(shard.shared for shard in shards):  # whose rows are known by their ids
            each = _placed(each, work)
        data = work.total([(score_part, (one, tuple(asked), tuple(only), tuple(plugins))) for one in each])
    whole = read_pass(Resource("the parts", data=data))
    _require_labels(whole, options)
    drawn = options.curves != "none"

    def wanted(stored: Wanted) -> Wanted:
        return stored if drawn else replace(stored, pictures=None)

    return report_of(Merged(whole), wanted, map, command, on_state)


def shards_of(options: Options) -> list[Part]:
    """The parts of a run: each file of the predictions, with its labels.

    Labels are in the files, in one file for all, in one of the same field for each, or in as many files.
    """
    if options.batches is not None:
        raise UsageError("--explain-batches needs all rows in order", hint=omit("explain_batches"))
    labels = () if options.labels is None else _names(options.labels)
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
            | use("with a field that both share", labels=Blank("'y-{part}.csv'")),
        )
    return [Part(*pair) for pair in zip(files, found, strict=True)]


def _names(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


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


def _placed(options: list[Options], work: Work) -> list[Options]:
    """Where each part begins among all rows, if every file declares its rows."""
    counts = work.results([(count_rows, (one,)) for one in options])
    if any(count is None for count in counts):
        return options
    starts = [sum(counts[:number]) for number in range(len(counts))]
    return [replace(one, first_row=start) for one, start in zip(options, starts, strict=True)]


def _require_labels(whole: StoredPass, options: Options) -> None:
    """Refuse labels without a prediction in any part, unless they are to be dropped."""
    left, every = whole.facts.labels or (0, 0)
    if left and options.on_missing == "error":
        raise InputError(
            f"{left:,} of {every:,} labels have no prediction in any part",
            where=join_names(map(escape, _names(options.labels or ()))),
            hint=use("to leave them out", on_missing="drop"),
            code="missing-ids",
        )


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


Place = tuple[int, int]
"""The level of a node of the tree of sums, and its number there; parts are at level 0."""


class Node(Struct):
    """Work that is going on, and how often it was begun before."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    tries: int = 0


class Work:
    """Tasks on a cluster, which are tried again if a worker dies; ``on_parts`` is told of each part."""

    def __init__(self, executor: Executor, retries: int, total: int, on_parts: OnParts | None) -> None:
        self._executor, self._retries, self._total = executor, retries, total
        self._on_parts = on_parts or (lambda done, total: None)
        self._ended: SimpleQueue[tuple[Place, Future]] = SimpleQueue()
        self._going: dict[Place, tuple[Node, Future]] = {}
        self._failed: dict[Place, PartError] = {}

    def results(self, tasks: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
        """All results, in the order of the tasks."""
        for number, task in enumerate(tasks):
            self._begin((0, number), Node(*task))
        found = {place[1]: future.result() for place, future in self._done()}
        self._failed.clear()  # what fails again is told then
        return [found.get(number) for number in range(len(tasks))]

    def total(self, tasks: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> bytes:
        """The sum of the states of all parts, added where they lie, some neighbours at a time.

        Which are added together does not depend on which is done first, so that the sum does not either.
        """
        sizes = [len(tasks)]
        while sizes[-1] > 1:
            sizes.append(-(-sizes[-1] // TOGETHER))
        there: dict[Place, Future] = {}
        for number, task in enumerate(tasks):
            self._begin((0, number), Node(*task))
        parts = 0
        for (level, number), future in self._done():
            if level == 0:
                parts += 1
                self._on_parts(parts, self._total)
            there[level, number] = future
            first = number - number % TOGETHER
            group = [(level, at) for at in range(first, min(first + TOGETHER, sizes[level]))]
            if level + 1 < len(sizes) and all(place in there for place in group):
                states = tuple(self._argument(there.pop(place)) for place in group)
                self._begin((level + 1, first // TOGETHER), Node(add_parts, states))
        if self._failed:
            raise _failed(list(self._failed.values()), self._total)
        return bytes(there[len(sizes) - 1, 0].result())

    def _argument(self, future: Future) -> Any:
        """A result as an argument: where it lies, if the cluster keeps it."""
        return future if self._executor.keeps else future.result()

    def _begin(self, place: Place, node: Node) -> None:
        future = self._executor.submit(node.function, *node.arguments)
        self._going[place] = node, future
        future.add_done_callback(lambda ended: self._ended.put((place, ended)))

    def _done(self) -> Iterator[tuple[Place, Future]]:
        """Each task that has succeeded; others are begun again, or kept as failed."""
        while self._going:
            place, future = self._ended.get()
            if place not in self._going or self._going[place][1] is not future:
                continue  # it was begun again
            node, _ = self._going.pop(place)
            try:
                future.result() if not self._executor.keeps else _raise_of(future)
            except PartError as error:
                self._failed[place] = error
            except Exception as error:  # each cluster raises its own when a worker dies
                self._again(place, node, error)
            else:
                yield place, future

    def _again(self, place: Place, node: Node, error: Exception) -> None:
        """Begin a task again whose worker died, unless that was often enough."""
        if node.tries >= self._retries:
            path = shown(getattr(node.arguments[0], "files", ("the sum of some parts",))[0])
            found = str(error).strip() or type(error).__name__
            self._failed[place] = PartError(path, f"{found} (tried {node.tries + 1} times)", "worker-lost")
            return
        if getattr(error, "__module__", "").startswith("concurrent.futures"):
            self._executor.renew()
        was_begun = not isinstance(error, CancelledError)  # or fell with others
        self._begin(place, Node(node.function, node.arguments, node.tries + was_begun))


def _raise_of(future: Any) -> None:
    """Raise what the work raised, without its result."""
    error = future.exception()
    if error is not None:
        raise error


def _failed(errors: Sequence[PartError], total: int) -> InputError:
    """The error for parts that could not be scored, all at once."""
    names = [str(error.args[0]) for error in errors]
    return InputError(
        f"{len(errors):,} of {total:,} parts could not be scored",
        where=join_names(map(escape, names), MOST_NAMED),
        found="; ".join(str(error.args[1]).replace("\n", " ") for error in errors[:MOST_NAMED]),
        hint="mend or leave out these parts; the others were scored",
        code=str(errors[0].args[2]),
    )
