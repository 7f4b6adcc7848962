"""Time whole processes: evalcli against scikit-learn and torchmetrics on the same files, in one run.

Every tool prints its figures, which must agree before a time counts. Medians of several runs; ratios are of
medians; peak memory is the highest resident set of a run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

HERE = Path(__file__).parent
DATA = HERE / "data"
DOCUMENT = HERE.parent / "docs" / "benchmarks.md"
TOOLS = ("sklearn", "sklearn --frugal", "torchmetrics")
IMPORTS = "import numpy, pyarrow.parquet, pyarrow.csv, typer, rich.table"


@dataclass(frozen=True)
class Case:
    """Rows and classes of one data set, and how often each tool is timed."""

    name: str
    rows: int
    classes: int
    suffix: str
    repeats: int
    others: int
    goal: float
    """How many times faster than scikit-learn's script it should be."""

    @property
    def files(self) -> tuple[Path, ...]:
        predictions = DATA / f"{self.name}.{self.suffix}"
        return (predictions, DATA / f"{self.name}_labels.csv") if self.classes else (predictions,)

    @property
    def score(self) -> list[str]:
        """The command line: the default report, or all metrics but Kendall's of real values."""
        predictions, *labels = map(str, self.files)
        program = str(Path(sys.executable).with_name("evalcli"))
        more = ["--labels", *labels] if labels else ["--metrics", "all,-kendall"]
        return [program, "score", predictions, *more, "--quiet"]


CASES = (
    Case("small", 1_000, 10, "csv", 9, 5, 6),
    Case("multiclass", 2_000_000, 10, "parquet", 7, 3, 30),
    Case("binary", 10_000_000, 2, "parquet", 7, 3, 20),
    Case("wide", 50_000, 1_000, "parquet", 7, 1, 60),
    Case("regression", 10_000_000, 0, "parquet", 5, 1, 15),
)


@dataclass(frozen=True)
class Pair:
    """Two command lines of evalcli on the same files, and how many times longer the first may take."""

    what: str
    case: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    goal: float
    labels: Path | None = None

    def command(self, case: Case, arguments: Sequence[str]) -> list[str]:
        """A whole command line."""
        found = [*case.score, *arguments]
        if self.labels is not None:
            found[found.index("--labels") + 1] = str(self.labels)
        return found


SLICED = DATA / "multiclass_sliced.csv"
SLICES, PART, RESAMPLES = 20, 20_000, 1_000
PAIRS = (
    Pair("`--metrics all` to the default report", "multiclass", ("--metrics", "all"), (), 1.6),
    Pair(
        "one against one to one against the rest",
        "wide",
        ("--only", "roc_auc_ovo_macro"),
        ("--only", "roc_auc_ovr_macro"),
        3,
    ),
    Pair("intervals to none", "multiclass", (), ("--no-intervals",), 1.15),
    Pair(f"{SLICES} slices to none", "multiclass", ("--by", "part"), (), 1.6, SLICED),
)


def generate(case: Case) -> None:
    """Noisy scores, float32; labels as integers in a CSV of their own."""
    if all(path.exists() for path in case.files):
        return
    DATA.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    if not case.classes:
        truth = rng.gamma(2.0, 50.0, case.rows)
        guess = truth * rng.gamma(20.0, 1 / 20, case.rows)
        pq.write_table(pa.table({"y_true": truth, "y_pred": guess}), case.files[0])
        return
    predictions, labels = case.files
    y = rng.integers(0, case.classes, case.rows)
    if case.classes == 2:
        logits = rng.normal(size=case.rows) * 1.5 + (2 * y - 1)
        table = pa.table({"prob_1": (1 / (1 + np.exp(-logits))).astype(np.float32)})
    else:
        p = np.empty((case.rows, case.classes), np.float32)
        for start in range(0, case.rows, 20_000):
            part = slice(start, start + 20_000)
            z = rng.normal(size=p[part].shape)
            z[np.arange(len(z)), y[part]] += 2
            e = np.exp(1.5 * z)
            p[part] = e / e.sum(axis=1, keepdims=True)
        table = pa.table({f"prob_{j}": np.ascontiguousarray(p[:, j]) for j in range(case.classes)})
    if case.suffix == "csv":
        pc.write_csv(table, predictions)
    else:
        pq.write_table(table, predictions)
    pc.write_csv(pa.table({"label": y}), labels)


JOINED = tuple(DATA / f"joined{end}" for end in (".parquet", "_labels.csv", "_order.csv"))


def generate_all(names: Sequence[str]) -> None:
    """All files of some cases, and what is made of them."""
    for case in CASES:
        if case.name in names:
            generate(case)
    cases = {case.name: case for case in CASES if case.name in names}
    if "multiclass" in cases and not (DATA / "multiclass.csv").exists():
        pc.write_csv(pq.read_table(cases["multiclass"].files[0]), DATA / "multiclass.csv")
    if "multiclass" in cases and not SLICED.exists():
        labels = pc.read_csv(cases["multiclass"].files[1])
        part = np.random.default_rng(2).integers(0, SLICES, len(labels))
        names = pa.array([f"part {j}" for j in range(SLICES)]).take(pa.array(part))
        pc.write_csv(labels.append_column("part", names), SLICED)
    if "binary" in cases and not all(path.exists() for path in JOINED):
        case, (predictions, shuffled, ordered) = cases["binary"], JOINED
        table = pq.read_table(case.files[0])
        y = pc.read_csv(case.files[1]).column(0).to_numpy()
        order = np.random.default_rng(1).permutation(case.rows)
        pq.write_table(table.append_column("id", pa.array(np.arange(case.rows))), predictions)
        pc.write_csv(pa.table({"id": order, "label": y[order]}), shuffled)
        pc.write_csv(pa.table({"id": np.arange(case.rows), "label": y}), ordered)


@dataclass(frozen=True)
class Timing:
    """Seconds of each run, highest resident set in MiB, and the last run's standard output."""

    seconds: tuple[float, ...]
    memory: float
    output: str

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def timed(command: list[str], repeats: int) -> Timing:
    """Run a command several times as a process of its own, after a first run that is not counted."""
    seconds, memory, output = [], 0.0, ""
    for attempt in range(repeats + (repeats > 1)):
        reader, writer = os.pipe()
        start = time.perf_counter()
        child = os.posix_spawn(
            command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)]
        )
        os.close(writer)
        with os.fdopen(reader) as stream:
            output = stream.read()
        _, status, usage = os.wait4(child, 0)
        took = time.perf_counter() - start
        if status:
            sys.exit(f"{' '.join(command)} failed with status {status}")
        if attempt or repeats == 1:
            seconds.append(took)
            memory = max(memory, usage.ru_maxrss / 1024)
    return Timing(tuple(seconds), memory, output)


def check(case: Case, tool: str, ours: str, theirs: str) -> None:
    """Stop where two tools do not compute the same figures."""
    expected = {name: score["value"] for name, score in json.loads(ours)["metrics"].items()}
    found = json.loads(theirs)
    for name, value in found.items():
        if not math.isclose(expected[name], value, rel_tol=2e-4, abs_tol=1e-6):
            sys.exit(f"{case.name}: {name} is {value} by {tool}, {expected[name]} by evalcli")


def measure(case: Case, tools: Sequence[str]) -> dict[str, Timing]:
    """Each tool on the files of one case."""
    files = list(map(str, case.files))
    found = {
        "read": timed([sys.executable, str(HERE / "read_only.py"), *files], case.repeats),
        "evalcli": timed(case.score, case.repeats),
    }
    figures = timed([*case.score, "--format", "json"], 1).output
    for tool in tools:
        script, *options = tool.split(" ")
        if (options and case.classes <= 2) or (script == "torchmetrics" and not case.classes):
            continue  # nothing to share; not half of the metrics
        command = [
            sys.executable,
            "-W",
            "ignore",
            str(HERE / f"with_{script}.py"),
            *files,
            *options,
        ]
        found[tool] = timed(command, case.others)
        check(case, tool, figures, found[tool].output)
    return found


def row(case: Case, found: dict[str, Timing]) -> str:
    """One line of the table."""
    ours = found["evalcli"]
    what = f"× {case.classes} {case.suffix}" if case.classes else f"real values {case.suffix}"
    cells = [
        f"{case.rows:,} {what}",
        f"{found['read'].median:.2f} s",
        f"{ours.median:.2f} s",
        f"{ours.memory:,.0f} MiB",
    ]
    for tool in TOOLS:
        if tool not in found:
            cells += [""] * (2 if "--frugal" in tool else 3)
            continue
        theirs = found[tool]
        cells += [f"{theirs.median:.1f} s", f"**{theirs.median / ours.median:.1f}×**"]
        if "--frugal" not in tool:
            cells.append(f"{theirs.memory:,.0f} MiB")
    return f"| {' | '.join([*cells, f'{case.goal:g}×'])} |"


def paired(pair: Pair) -> str:
    """One line about two command lines, run in turn."""
    case = next(case for case in CASES if case.name == pair.case)
    times: list[list[float]] = [[], []]
    for _ in range(9):
        for place, arguments in enumerate((pair.one, pair.other)):
            times[place].append(timed(pair.command(case, arguments), 1).median)
    ratio = statistics.median(a / b for a, b in zip(*times, strict=True))
    one, other = map(statistics.median, times)
    return (
        f"| {pair.what}, {case.rows:,} × {case.classes} | {one:.2f} s | {other:.2f} s "
        f"| **{ratio:.2f}** | {pair.goal:g} |"
    )


PAGE = """\
# Benchmarks

Written by `make bench`. Whole processes, from the start of the interpreter to its end, on the same files in
one run: `evalcli score` with its default report, and scripts that compute the same figures with scikit-learn
(`benchmarks/with_sklearn.py`) and torchmetrics (`benchmarks/with_torchmetrics.py`). The figures are compared
before a time counts. Medians; the scripts of the wide case and of real values run once.

{machine}

{head}
{rows}

Two runs on the same files, in turn: the median of the ratios, and the most it should be:

| | first | second | ratio | goal |
|---|---|---|---|---|
{pairs}

{join}

`python -c "{imports}"` takes {floor:.2f} s on this
machine; scoring the small file takes {small:.2f} s, {share:.2f} times that.

Predictions are float32, labels a CSV file. The scikit-learn script makes one call for each figure, as its
documentation has it; "frugal" is the same script where one vector over the classes serves the macro average
and the per-class table, as in evalcli and the torchmetrics script. torchmetrics' binary calibration error is
of another definition and left out of the comparison. Real values: all metrics but Kendall's tau, one call of
scikit-learn, SciPy or NumPy each. The goal is the ratio to scikit-learn, one call a figure. Times on a shared
machine vary; read the ratios.
"""


HEAD = (
    "data", "reading alone", "evalcli", "peak", "scikit-learn", "ratio", "peak", "frugal", "ratio",
    "torchmetrics", "ratio", "peak", "goal",
)  # fmt: skip


def joined() -> list[str]:
    """Ten million shuffled ids joined to their labels, and the same rows by order."""
    case = next(case for case in CASES if case.name == "binary")
    predictions, shuffled, ordered = JOINED
    program = [case.score[0], "score", str(predictions), "--quiet", "--labels"]
    commands = {"joined": [*program, str(shuffled)], "order": [*program, str(ordered), "--by-order"]}
    found: dict[str, list[Timing]] = {name: [] for name in commands}
    figures: dict[str, str] = {}
    for _ in range(7):
        for name, command in commands.items():
            found[name].append(timed(command, 1))
    for name, command in commands.items():
        figures[name] = json.dumps(
            json.loads(timed([*command, "-f", "json"], 1).output)["metrics"]["roc_auc"]
        )
    if figures["joined"] != figures["order"]:
        sys.exit(f"joined and ordered rows differ: {figures}")
    one, other = (statistics.median(t.median for t in found[name]) for name in commands)
    ratio = statistics.median(
        a.median / b.median for a, b in zip(found["joined"], found["order"], strict=True)
    )
    peak = max(t.memory for t in found["joined"])
    # a row number for each id, a byte for each label and one for whether it was met
    index = case.rows * (4 + 1 + 1) / 2**20
    return [
        f"| {case.rows:,} shuffled ids joined to the same rows by order, CSV labels | {one:.2f} s "
        f"| {other:.2f} s | **{ratio:.2f}** | 3 |",
        f"Peak memory of the join: {peak:,.0f} MiB, where the labels' index takes {index:,.0f} MiB: "
        f"{peak - index:,.0f} MiB more than that (goal 300).",
    ]


def of_small() -> str:
    """What intervals add to a file of a thousand rows, which is mostly start-up."""
    case = next(case for case in CASES if case.name == "small")
    times: list[list[float]] = [[], []]
    for _ in range(15):
        for place, arguments in enumerate(((), ("--no-intervals",))):
            times[place].append(timed([*case.score, *arguments], 1).median)
    added = 1000 * statistics.median(a - b for a, b in zip(*times, strict=True))
    return f"Intervals add {added:.0f} ms to {case.rows:,} × {case.classes} (goal 50)."


def resampled() -> str:
    """The same intervals by a loop of resampled rows."""
    case = next(case for case in CASES if case.name == "multiclass")
    predictions, labels = case.files
    few = [DATA / "part.parquet", DATA / "part_labels.csv"]
    pq.write_table(pq.read_table(predictions).slice(0, PART), few[0])
    pc.write_csv(pc.read_csv(labels).slice(0, PART), few[1])
    script = [sys.executable, str(HERE / "with_bootstrap.py"), *map(str, few), str(PART), str(RESAMPLES)]
    loop = json.loads(subprocess.run(script, capture_output=True, text=True, check=True).stdout)
    command = [case.score[0], "score", str(few[0]), "--labels", str(few[1]), "--quiet"]
    times: list[list[float]] = [[], []]
    for _ in range(15):
        for place, arguments in enumerate(((), ("--no-intervals",))):
            times[place].append(timed([*command, *arguments], 1).median)
    whole = statistics.median(times[0])
    added = statistics.median(a - b for a, b in zip(*times, strict=True))
    ours = json.loads(timed([*command, "-f", "json"], 1).output)["metrics"]
    widths = [
        (score["interval"][1] - score["interval"][0])
        / (loop["intervals"][name][1] - loop["intervals"][name][0])
        for name, score in ours.items()
        if name in loop["intervals"] and name != "ece"
    ]
    if not all(0.8 < width < 1.25 for width in widths):
        sys.exit(f"intervals differ from those of resampled rows: {widths}")
    seconds = loop["seconds"]
    return (
        f"Intervals of {PART:,} × {case.classes} by {RESAMPLES:,} resamples with scikit-learn (frugal): "
        f"{seconds:.0f} s; evalcli adds {1000 * added:.0f} ms for them, **{seconds / added:,.0f}×** less "
        f"(goal 1,000×), and takes {whole:.2f} s as a whole, {seconds / whole:,.0f}× less. Apart from ece, "
        "whose resampled interval does not cover, widths are "
        f"{min(widths):.2f} to {max(widths):.2f} times the loop's."
    )


def csv_alone() -> str:
    """Scoring a CSV file to reading it, both within a fresh process after its imports."""
    case, path = next(case for case in CASES if case.name == "multiclass"), DATA / "multiclass.csv"
    times: dict[str, list[float]] = {"score": [], "read": []}
    for _ in range(9):
        for what, seconds in times.items():
            command = [sys.executable, str(HERE / "inside.py"), what, str(path), str(case.files[1])]
            seconds.append(float(timed(command, 1).output))
    ratio = statistics.median(a / b for a, b in zip(times["score"], times["read"], strict=True))
    one, other = map(statistics.median, times.values())
    return (
        f"| scoring a CSV file to `pyarrow.csv.read_csv` of it, imports excluded, {case.rows:,} × "
        f"{case.classes} | {one:.2f} s | {other:.2f} s | **{ratio:.2f}** | 1.5 |"
    )


def document(rows: Sequence[str], pairs: Sequence[str], imports: float, small: float, join: str) -> str:
    """The page of the documentation."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    processor = next((line.split(":")[1].strip() for line in lines if "model name" in line), "processor")
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    machine = f"{processor}, {os.cpu_count()} cores, {versions}."
    return PAGE.format(
        machine=machine,
        head=f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}",
        rows="\n".join(rows),
        pairs="\n".join(pairs),
        join=join,
        imports=IMPORTS,
        floor=imports,
        small=small,
        share=small / imports,
    )


def main() -> None:
    """Time what is asked for; with all cases and tools, write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="+", default=[case.name for case in CASES])
    parser.add_argument("--tools", nargs="*", default=list(TOOLS))
    parser.add_argument("--generate", action="store_true", help="make the files and do nothing else")
    arguments = parser.parse_args()
    if arguments.generate:
        generate_all(arguments.cases)
        return
    # in a process of its own: a child's highest resident set begins with what its parent holds
    subprocess.run([sys.executable, __file__, "--generate", "--cases", *arguments.cases], check=True)
    imports = timed([sys.executable, "-c", IMPORTS], 9).median
    print(f"imports: {imports:.3f} s", flush=True)
    rows, small = [], math.nan
    for case in CASES:
        if case.name in arguments.cases:
            found = measure(case, arguments.tools)
            rows.append(row(case, found))
            small = found["evalcli"].median if case.name == "small" else small
            print(rows[-1], flush=True)
    pairs = []
    for pair in PAIRS:
        if pair.case in arguments.cases:
            pairs.append(paired(pair))
            print(pairs[-1], flush=True)
    sure = "\n\n".join(
        line()
        for line, needed in ((of_small, "small"), (resampled, "multiclass"))
        if needed in arguments.cases
    )
    print(sure, flush=True)
    join = ""
    if {"binary", "multiclass"} <= set(arguments.cases):
        line, join = joined()
        pairs += [line, csv_alone()]
        print(*pairs[-2:], join, sep="\n", flush=True)
    if len(rows) == len(CASES) and len(arguments.tools) == len(TOOLS):
        DOCUMENT.write_text(document(rows, pairs, imports, small, f"{sure}\n\n{join}"), encoding="utf-8")


if __name__ == "__main__":
    main()
