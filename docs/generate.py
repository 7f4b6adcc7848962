"""Write the documentation that states facts: options, metrics, and the output shown in the README.

`make docs` writes the files; a test fails when one of them is not what this would write.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmark_pages import pages

from evalcli import functional
from evalcli.cli.app import run
from evalcli.cli.commands import COMMANDS
from evalcli.cli.config_file import LEFT_OUT, RULES, key_of
from evalcli.cli.direct import function_of
from evalcli.cli.group import group_of
from evalcli.cli.help import by_panel
from evalcli.cli.listed import FILE as LISTED
from evalcli.cli.listed import as_line, row_of
from evalcli.engine.row_table import MEANINGS
from evalcli.errors import EXIT_CODES
from evalcli.intervals.methods import METHODS
from evalcli.intervals.words import in_words, usual
from evalcli.loaders.formats import FORMATS as INPUT_FORMATS
from evalcli.metrics import METRICS, describe
from evalcli.metrics.metric import Metric
from evalcli.metrics.sources import NoInterval
from evalcli.plots.kinds import KINDS
from evalcli.renderers.formats import FORMATS
from evalcli.report.notes import NOTES
from evalcli.report.verdict import DIFFERENCES
from evalcli.tasks import TASKS, Task

ROOT = Path(__file__).parent.parent
PAGES = ("ci", "compare", "configuration", "files", "intervals", "python", "plots", "gallery", "tutorial")
"""Pages that are written by hand, but for their tables and outputs."""
MARKED = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
CIFAR = ("fixtures/cifar10/probabilities.npy", "--labels", "fixtures/cifar10/labels.npy")
WNBA = ("fixtures/wnba/games.csv", "--label-col", "prob1_outcome", "--score-cols", "prob1")
GOVERNORS = ("fixtures/governors/final_forecasts.csv", "--label-col", "actual_voteshare")
PICTURES: dict[str, tuple[str, ...]] = {
    "confusion": ("confusion", *CIFAR, "--classes", "fixtures/cifar10/classes.txt"),
    "confused": ("confused", *CIFAR, "--classes", "fixtures/cifar10/classes.txt"),
    "classes": ("classes", *CIFAR, "--classes", "fixtures/cifar10/classes.txt"),
    "roc": ("roc", *WNBA),
    "pr": ("pr", *WNBA),
    "roc-classes": ("roc", *CIFAR, "--classes", "fixtures/cifar10/classes.txt"),
    "reliability": ("reliability", *WNBA),
    "scores": ("scores", *WNBA),
    "thresholds": ("thresholds", *WNBA),
    "gains": ("gains", *WNBA),
    "lift": ("lift", *WNBA),
    "slices": ("slices", *WNBA, "--by", "season"),
    "predicted": ("predicted", *GOVERNORS, "--pred-col", "projected_voteshare"),
    "history": (
        "track",
        "fixtures/epochs/{split}/epoch-{epoch}.parquet",
        "--labels",
        "fixtures/epochs/{split}/labels.parquet",
    ),
    "residuals": ("residuals", *GOVERNORS, "--pred-col", "projected_voteshare"),
}
"""The pictures of the gallery, by the name of the file: words of ``evalcli plot``, or of ``track``."""
BLOCK = re.compile(r"(<!-- output: (?P<command>.+?) -->\n```text\n).*?(```\n<!-- end -->)", re.DOTALL)


def documents() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    mixed = (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in PAGES))
    return {
        ROOT / "docs" / "cli.md": command_line(),
        ROOT / "docs" / "metrics.md": metrics(),
        ROOT / "docs" / "differences.md": differences(),
        LISTED: "".join(f"{as_line(row_of(metric))}\n" for metric in METRICS),
        **{path: _filled(path.read_text(encoding="utf-8")) for path in mixed},
        **_measured(),
    }


def _measured() -> dict[Path, str]:
    """Pages of what `make bench` found, once it has."""
    stored = ROOT / "docs" / "benchmarks.json"
    if not stored.exists():
        return {}
    return {
        ROOT / "docs" / name: text
        for name, text in pages(json.loads(stored.read_text(encoding="utf-8"))).items()
    }


def _filled(text: str) -> str:
    """A page written by hand, with its tables and outputs."""
    tables = {
        "exit-codes": _exit_codes,
        "differences": _differences,
        "notes": _notes,
        "formats": _formats,
        "input-formats": _input_formats,
        "rows": _rows,
        "keys": _keys,
        "methods": _methods,
        "coverage": _coverage,
        "falls-short": _falls_short,
        "paired": _paired,
        "pictures": _pictures,
        "gallery": _gallery,
        "functions": _functions,
    }
    text = MARKED.sub(lambda found: found[1] + tables[found["name"]]() + found[3], text)
    return BLOCK.sub(_shown, text)


def _functions() -> str:
    """The functions with scikit-learn's names."""
    rows = []
    for name in functional.__all__:
        first = str(getattr(functional, name).__doc__).partition("\n")[0].replace("|", "\\|")
        rows.append((f"`{name}`", first))
    return _table(("function", "value"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return (
        "".join(f"| {' | '.join(line)} |\n" for line in lines)
        .replace("| --- ", "|---")
        .replace("--- |", "---|")
    )


def _methods() -> str:
    found: dict[str, list[str]] = {}
    for metric in METRICS:
        method = usual(metric)
        found.setdefault("none" if isinstance(method, NoInterval) else method.name, []).append(metric.name)
    rows = [
        (f"`{method.name}`", method.words, " ".join(f"`{metric}`" for metric in found.get(method.name, ())))
        for method in METHODS
        if method.words
    ]
    none = " ".join(f"`{metric}`" for metric in found["none"])
    return _table(("method", "what it does", "metrics"), [*rows, ("none", "an extreme, or a test", none)])


def _coverage() -> str:
    """Shares of simulated data sets whose interval holds the truth, in per cent."""
    stored = json.loads((ROOT / "docs" / "coverage.json").read_text())
    sizes = [n for n in next(iter(next(iter(stored.values())).values())) if n != "method"]
    lines = []
    for name, metrics in stored.items():
        rows = [
            (f"`{metric}`", found["method"], *(_share(*found[n]) for n in sizes))
            for metric, found in metrics.items()
        ]
        heads = (name, "method", *(f"n = {int(n):,}" for n in sizes))
        lines.append(_table(heads, rows))
    return "\n".join(lines)


def _pictures() -> str:
    """The kinds of pictures and the tasks that have them."""
    others = {"comparison": "comparisons", "history": "training runs"}
    rows = [
        (f"`{kind.name}`", kind.meaning, others.get(kind.of) or ", ".join(map(str, kind.tasks)))
        for kind in KINDS.values()
    ]
    return _table(("picture", "what it shows", "data"), rows)


def _gallery() -> str:
    """Each picture with its command."""
    parts = []
    for name, words in PICTURES.items():
        shown = shlex.join(_command(words)) + (f" -o {name}.png" if words[0] == "track" else "")
        parts.append(f"![{name.partition('-')[0]}](pictures/{name}.png)\n\n`evalcli {shown}`\n")
    return "\n".join(parts)


def draw() -> None:
    """The pictures of the gallery, which no test compares: they differ with the release of matplotlib."""
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    for name, words in PICTURES.items():
        out = ("-o", str(folder / f"{name}.png"), "--quiet")
        with contextlib.chdir(ROOT), tempfile.TemporaryDirectory() as kept:
            is_run = words[0] == "track"
            how = ("--history", f"{kept}/h.jsonl", "--plots", kept) if is_run else ("--dpi", "110")
            with contextlib.redirect_stdout(io.StringIO()):
                run([*_command(words), *out, *how])
            for other in ("class_history", "matrix_history") if is_run else ():
                shutil.copy(Path(kept) / f"{other}.png", folder)


def _command(words: Sequence[str]) -> list[str]:
    return [*words] if words[0] == "track" else ["plot", *words]


def _paired() -> str:
    """Shares of simulated pairs of models whose interval holds the true change, and whose test rejects."""
    stored = json.loads((ROOT / "docs" / "paired.json").read_text())
    rows = []
    for name, part in stored.items():
        sizes = next(iter(part["metrics"].values()))
        for n in sizes:
            cells = []
            for held, _, rejected, given in (found[n] for found in part["metrics"].values()):
                level = f" / {100 * rejected / given:.1f}" if name.endswith("no change") else ""
                cells.append(f"{100 * held / given:.1f}{level}")
            rows.append((name, f"{int(n):,}", *cells))
    return _table(("two models", "rows", "accuracy", "F1", "MCC", "log loss", "ROC AUC"), rows)


def _share(held: int, given: int, sets: int) -> str:
    if given < 0.1 * sets:
        return "—"
    return f"{100 * held / given:.1f}" + (f" of {100 * given // sets} %" if given < 0.99 * sets else "")


def _falls_short() -> str:
    texts = {method.name: method.coverage for method in METHODS}
    texts |= {metric.name: metric.page.coverage for metric in METRICS}
    return "".join(f"- `{name}`: {text}\n" for name, text in texts.items() if text)


def _exit_codes() -> str:
    return _table(("exit code", "meaning"), ((f"`{c.value}`", text) for c, text in EXIT_CODES.items()))


def _differences() -> str:
    return _table(("code", "what differs"), ((f"`{c}`", text) for c, text in DIFFERENCES.items()))


def _notes() -> str:
    rows = []
    for code, facts in NOTES.items():
        needed = dict.fromkeys(name for names in facts.needs.values() for name in names)
        tasks = "all" if len(facts.needs) == len(TASKS) else ", ".join(facts.needs)
        rows.append((f"`{code}`", facts.meaning, tasks, " ".join(f"`{name}`" for name in needed)))
    return _table(("code", "meaning", "tasks", "computed from"), rows)


def _formats() -> str:
    return _table(
        ("format", "suffix", "what it is"),
        ((f"`{name}`", f"`{f.suffix}`" if f.suffix else "", f.meaning) for name, f in FORMATS.items()),
    )


def _input_formats() -> str:
    rows = []
    for form in INPUT_FORMATS.values():
        suffixes = " ".join(f"`{suffix}`" for suffix in form.suffixes)
        rows.append((f"`{form.name}`", form.title, suffixes, form.read))
    return _table(("`--input-format`", "format", "suffixes", "what is read"), rows)


def _rows() -> str:
    return _table(("column", "what it is"), ((f"`{name}`", text) for name, text in MEANINGS.items()))


def _keys() -> str:
    """Every option of every command but those that a file cannot say."""
    group: Any = group_of()
    found: dict[str, tuple[Any, list[str]]] = {}
    for command, known in group.commands.items():
        for option in known.params if command != "config" else ():
            if option.name not in LEFT_OUT:
                found.setdefault(option.name, (option, []))[1].append(command)
    rows = []
    for name, (option, commands) in found.items():
        if "score" in commands:
            rows.append((f"`{key_of(name)}`", _kind(name, option), f"{option.help}".replace("|", "\\|")))
    return _table(("key", "type", "meaning"), rows)


def _kind(name: str, option: Any) -> str:
    if name in RULES:
        return "table or list of texts"
    if option.multiple or option.nargs == -1:
        return "text or list of texts"
    if getattr(option, "is_flag", False):
        return "true or false"
    kinds = {one.name: one.kind for one in function_of("score").parameters}
    return {int: "whole number", float: "number"}.get(kinds[name], "text")


def _shown(found: re.Match[str]) -> str:
    return found[1] + output(found["command"]) + found[3]


def output(command: str) -> str:
    """What a command prints, standard error after standard output, with its exit code when that is not 0."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(shlex.split(command)[1:])
    end = f"$ echo $?\n{int(code)}\n" if code else ""
    return f"$ {command}\n{out.getvalue()}{err.getvalue()}{end}"


def command_line() -> str:
    """Every command with its options, by group."""
    group: Any = group_of()
    lines = ["# Command line", "", "Generated from the program's own help by `make docs`.", ""]
    for name, command in group.commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join([name, *(p.metavar or p.name.upper() for p in arguments), "[OPTIONS]"])
        lines += [f"## evalcli {name}", "", command.help, "", f"    evalcli {usage}", ""]
        lines += [line for p in arguments for line in (f"`{p.metavar}`: {p.help}", "")]
        lines += [
            line for what, example in COMMANDS[name].examples for line in (f"    # {what}", f"    {example}")
        ]
        lines += ["", *_options(command)]
        codes = COMMANDS[name].codes.items()
        lines += [f"Exit codes: {'; '.join(f'{code} {meaning}' for code, meaning in codes)}.", ""]
    return "\n".join(lines)


def _options(command: Any) -> Iterator[str]:
    for panel, options in by_panel(command).items():
        yield from (f"### {panel}", "")
        yield from ("| option | meaning | default |", "|---|---|---|")
        for option in options:
            names = ", ".join(sorted(option.opts, key=len))
            value = "" if option.is_flag else f" {option.metavar}".replace("|", "\\|")
            default = "" if option.default in (None, False) or option.multiple else f"`{option.default}`"
            meaning = option.help.replace("|", "\\|")
            yield f"| `{names}{value}` | {meaning} | {default} |"
        yield ""


def metrics() -> str:
    """Every metric with its formula and its convention."""
    head = (
        "# Metrics",
        "",
        "Generated from the registry by `make docs`; `evalcli explain NAME` prints the same on a terminal. A",
        "name is `NAME[_AVERAGE][@PARAMETER][:CLASS]`: `f1`, `f1_macro`, `fbeta@2`, `top_k_accuracy@5`,",
        "`recall:cat`. With more than two classes, plain `f1` is the average that `--average` names, macro",
        "by default; with two it is the positive class's, unless `--average` is given. An undefined value",
        "is null, with a reason.",
        "",
    )
    tables = [line for task in TASKS.values() for line in _of_task(task)]
    return "\n".join([*head, *tables, *(line for metric in METRICS for line in _metric(metric))])


SAME = re.compile(r"no such metric.*|[^;:]*, the same( value)?( up to float32)?( \([^()]*\))?\.")
"""What a page says of another library where nothing differs."""


def differences() -> str:
    """The metrics whose value in another library may be another one."""
    head = (
        "# Differences from other libraries",
        "",
        "Generated from the registry by `make docs`. All other metrics are the same number there, or do not",
        "exist; [metrics.md](metrics.md) says which. Functions of `evalcli.functional` follow scikit-learn",
        "but for the table in [python.md](python.md).",
        "",
    )
    rows = []
    for metric in METRICS:
        texts = (metric.page.sklearn, metric.page.torchmetrics)
        cells = ["" if SAME.fullmatch(text) else text.replace("|", "\\|") for text in texts]
        if any(cells):
            rows.append((f"`{describe.in_words(metric)}`", *cells))
    return "\n".join(head) + "\n" + _table(("metric", "scikit-learn", "torchmetrics"), rows)


def _of_task(task: Task) -> Iterator[str]:
    """What a task has, each name leading to its section."""
    found = [
        f"[{describe.in_words(m)}](#{re.sub(r'[^a-z0-9_]', '', describe.in_words(m).lower())})"
        for m in describe.of_task(task)
    ]
    shown = ", ".join(f"`{name}`" for name in task.defaults)
    yield from (f"**{task.name.capitalize()}**: {' · '.join(found)}. By default: {shown}.", "")


def _metric(metric: Metric) -> Iterator[str]:
    yield from (f"## {describe.in_words(metric)}", "")
    for head, text in describe.explanation(metric, in_words(metric)):
        shown = f"`{text}`" if head == "formula" else text
        yield from (f"- {head}: {shown}",) if head else (shown, "")
    yield ""


def main() -> None:
    """Write what has changed."""
    os.environ["COLUMNS"] = "100"
    draw()
    for path, text in documents().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
