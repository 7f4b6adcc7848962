"""What is timed, and what it should reach. Nothing is imported here that a timed child would inherit."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE / "data"
STORED = HERE.parent / "fixtures" / "wnba" / "baseline.json"
"""A stored report."""
FILES: dict[str, tuple[Path, ...]] = {
    name: tuple(DATA / file for file in files.split())
    for name, files in {
        "small": "small.csv small_labels.csv",
        "multiclass": "multiclass.parquet multiclass_labels.csv",
        "binary": "binary.parquet binary_labels.csv",
        "wide": "wide.parquet wide_labels.csv",
        "regression": "regression.parquet",
        "text": "multiclass.csv",
        "sliced": "multiclass_sliced.csv",
        "sliced_1000": "multiclass_sliced_1000.csv",
        "joined": "joined.parquet joined_labels.csv joined_order.csv",
        "part": "part.parquet part_labels.csv",
        "small_other": "small_other.csv",
        "multiclass_other": "multiclass_other.parquet",
        "part_other": "part_other.parquet",
        "binary_100m": "binary_100m.parquet",
        "multiclass_20m": "multiclass_20m.parquet",
        "states": " ".join(f"part_{number:02d}.state" for number in range(64)),
        "epochs": "labels_of_epochs.npy " + " ".join(f"epoch_{epoch:02d}.npy" for epoch in range(1, 21)),
    }.items()
}
FREE = {"binary_100m": 3 * 10**9, "multiclass_20m": 4 * 10**9}
"""Bytes of disk space without which a file is not made."""
PROGRAM = str(Path(sys.executable).with_name("evalcli"))


@dataclass(frozen=True)
class Command:
    """Words of a process, and how it is timed."""

    words: tuple[str, ...]
    runs: int = 5
    warm: bool = True
    """A first run is not counted."""
    inside: bool = False
    """Its seconds are those that it prints."""
    figures: bool = False
    """It prints figures, which must be those of the first command."""
    same: bool = False
    """Another way of evalcli to the figures of the first command."""
    needs: str = ""
    """An option of `evalcli score` without which it is left out."""
    variables: Mapping[str, str] = field(default_factory=dict)

    ours: bool = False
    """evalcli, which is compared with other versions of itself."""


@dataclass(frozen=True)
class Goal:
    """How long or large one command may be: alone, or times another."""

    of: str
    limit: float
    to: str = ""
    less: str = ""
    """A command whose time is taken off first: what one adds to the other."""
    memory: bool = False
    at_least: bool = False


@dataclass(frozen=True)
class Case:
    """Commands that are run in turn on the same files."""

    title: str
    data: tuple[str, ...]
    commands: Mapping[str, Command]
    goals: tuple[Goal, ...]
    yardstick: str = "lean"
    """The command that stands for the speed of the machine."""
    stages: tuple[str, ...] = ()
    """Words of `evalcli` whose time is divided among stages."""
    size: tuple[int, int] = (0, 0)
    """Rows and columns of scores."""


def score(*words: object, **how: object) -> Command:
    """A command line of evalcli."""
    return Command((PROGRAM, "score", *map(str, words), "--quiet"), ours=True, **how)  # type: ignore[arg-type]


def compared(name: str, **how: object) -> Command:
    """Two models on the same rows."""
    (first, labels), (other,) = FILES[name], FILES[f"{name}_other"]
    words = (PROGRAM, "compare", str(first), str(other), "--labels", str(labels), "--quiet")
    return Command(words, ours=True, **how)  # type: ignore[arg-type]


def python(code: str, runs: int = 15) -> Command:
    """A few statements of Python."""
    return Command((sys.executable, "-c", code), runs)


def lean(*paths: Path, runs: int = 5) -> Command:
    """Reading alone."""
    return Command((sys.executable, str(HERE / "lean.py"), *map(str, paths)), runs)


def peer(tool: str, name: str, runs: int = 2, *options: str) -> Command:
    """The same figures by another library; a single run is not warmed."""
    words = (sys.executable, "-W", "ignore", str(HERE / f"with_{tool}.py"), *map(str, FILES[name]), *options)
    return Command(words, runs, warm=False, figures=True)


def labelled(name: str) -> tuple[object, ...]:
    """A file of scores with its labels."""
    predictions, labels = FILES[name]
    return (predictions, "--labels", labels)


NOTHING = python("pass")
IMPORTS = python("import numpy, pyarrow.csv")
LEAN = {name: lean(*FILES[name]) for name in ("small", "multiclass", "binary", "wide", "regression")}
REGRESSION = (FILES["regression"][0], "--metrics", "all,-kendall")
BOOTSTRAP = Command(
    (sys.executable, str(HERE / "with_bootstrap.py"), *map(str, FILES["part"]), "20000", "1000"),
    1,
    inside=True,
)
PAIRED = Command(
    (
        sys.executable,
        str(HERE / "with_paired_bootstrap.py"),
        *map(str, (FILES["part"][0], FILES["part_other"][0], FILES["part"][1])),
        "200",
    ),
    1,
    inside=True,
)
MEMORY = ("--memory", "512MiB")


def _answer(title: str, words: tuple[str, ...], limit: float, **variables: str) -> Case:
    command = Command((PROGRAM, *words), 15, variables=variables, ours=True)
    commands = {"evalcli": command, "python": NOTHING}
    return Case(title, (), commands, (Goal("evalcli", limit),), "python")


def _two(
    title: str, name: str, one: tuple[str, ...], other: tuple[str, ...], limit: float, runs: int = 5
) -> Case:
    """Two command lines on the same files."""
    commands = {
        "evalcli": score(*labelled(name), *one, runs=runs),
        "plain": score(*labelled(name), *other, runs=runs),
        "lean": LEAN[name],
    }
    return Case(title, (name,), commands, (Goal("evalcli", limit, "plain"),))


def _page(title: str, name: str) -> Case:
    """An HTML page beside the tables."""
    commands = {
        "evalcli": score(*labelled(name), "-o", DATA / "page.html", runs=9),
        "plain": score(*labelled(name), runs=9),
        "lean": LEAN[name],
    }
    return Case(title, (name,), commands, (Goal("evalcli", 0.06, less="plain"),))


def tracked(*more: str, **how: object) -> Command:
    """Every epoch of a run."""
    pattern, labels = str(DATA / "epoch_{epoch}.npy"), str(FILES["epochs"][0])
    words = (
        PROGRAM,
        "track",
        pattern,
        "--labels",
        labels,
        "--history",
        str(DATA / "history.jsonl"),
        "--quiet",
    )
    return Command((*words, *more), ours=True, **how)  # type: ignore[arg-type]


def _sliced(name: str, limit: float, runs: int) -> Case:
    predictions, labels = FILES["multiclass"][0], FILES[name][0]
    commands = {
        "evalcli": score(predictions, "--labels", labels, "--by", "part", runs=runs),
        "plain": score(predictions, "--labels", labels, runs=runs),
        "lean": lean(predictions, labels, runs=runs),
    }
    slices = {"sliced": "20", "sliced_1000": "1,000"}[name]
    title = f"{slices} slices of 2,000,000 × 10 to none"
    return Case(title, ("multiclass", name), commands, (Goal("evalcli", limit, "plain"),))


def _in_memory(tool: str, what: str, runs: int) -> Command:
    words = (sys.executable, "-W", "ignore", str(HERE / "in_memory.py"), tool, what)
    return Command((*words, *map(str, FILES["multiclass"])), runs, inside=True, ours=tool == "evalcli")


def _function(name: str) -> Case:
    """A function on 1,000,000 rows in memory."""
    commands = {tool: _in_memory(tool, name, 5) for tool in ("evalcli", "scikit-learn")}
    goals = (Goal("scikit-learn", 10, "evalcli", at_least=True),)
    return Case(f"`{name}` of 1,000,000 rows in memory", ("multiclass",), commands, goals, "evalcli")


def _inside(what: str, ours: bool = False) -> Command:
    """Reading or scoring a CSV file, timed after the imports."""
    files = (FILES["text"][0], FILES["multiclass"][1])
    words = (sys.executable, str(HERE / "inside.py"), what, *map(str, files))
    return Command(words, 7, inside=True, ours=ours)


def _jobs(title: str, name: str, words: tuple[object, ...]) -> Case:
    commands = {
        "evalcli": score(*words, "--jobs", 2, runs=7),
        "one": score(*words, "--jobs", 1, runs=7, same=True),
        "lean": LEAN[name] if name in LEAN else lean(*FILES[name]),
    }
    return Case(title, (name,), commands, (Goal("one", 1.6, "evalcli", at_least=True),))


def _of_scikit_learn(of: float, *memory: float) -> tuple[Goal, ...]:
    least = Goal("scikit-learn", of, "evalcli", at_least=True)
    return (least, *(Goal("evalcli", limit, memory=True) for limit in memory))


CASES: dict[str, Case] = {
    "version": _answer("`--version`", ("--version",), 0.020),
    "completion": _answer(
        "completion",
        (),
        0.045,
        _EVALCLI_COMPLETE="complete_bash",
        COMP_WORDS="evalcli score --metrics f1,log_l",
        COMP_CWORD="3",
    ),
    "metrics": _answer("`metrics`", ("metrics",), 0.060),
    "plot": _answer(
        "a confusion matrix of a stored report",
        ("plot", "confusion", str(STORED), "-o", str(DATA / "confusion.png")),
        1.2,
    ),
    "page_small": _page("an HTML page of 1,000 × 10 to none", "small"),
    "page": _page("an HTML page of 2,000,000 × 10 to none", "multiclass"),
    "small": Case(
        "1,000 × 10 CSV",
        ("small",),
        {
            "evalcli": score(*labelled("small"), runs=15),
            "plain": score(*labelled("small"), "--no-intervals", runs=15),
            "imports": IMPORTS,
            "lean": LEAN["small"],
            "scikit-learn": peer("sklearn", "small", 3),
            "torchmetrics": peer("torchmetrics", "small", 3),
        },
        (Goal("evalcli", 1.6, "imports"), Goal("evalcli", 0.05, less="plain")),
        "imports",
        ("score", *map(str, labelled("small"))),
        (1_000, 10),
    ),
    "multiclass": Case(
        "2,000,000 × 10",
        ("multiclass",),
        {
            "evalcli": score(*labelled("multiclass"), runs=9),
            "plain": score(*labelled("multiclass"), "--no-intervals", runs=9),
            "imports": IMPORTS,
            "lean": LEAN["multiclass"],
            "scikit-learn": peer("sklearn", "multiclass", 2),
            "scikit-learn, frugal": peer("sklearn", "multiclass", 1, "--frugal"),
            "torchmetrics": peer("torchmetrics", "multiclass"),
            "rapidstats": peer("rapidstats", "multiclass", 3),
            "polars-ds": peer("polars_ds", "multiclass", 3),
            "duckdb": peer("duckdb", "multiclass", 3),
        },
        (Goal("evalcli", 2.0, "lean"), *_of_scikit_learn(60), Goal("evalcli", 1.15, "plain")),
        stages=("score", *map(str, labelled("multiclass"))),
        size=(2_000_000, 10),
    ),
    "binary": Case(
        "binary 10,000,000",
        ("binary",),
        {
            "evalcli": score(*labelled("binary"), runs=9),
            "imports": IMPORTS,
            "lean": LEAN["binary"],
            "scikit-learn": peer("sklearn", "binary", 2),
            "torchmetrics": peer("torchmetrics", "binary"),
            "polars": peer("polars", "binary", 3),
            "polars-ds": peer("polars_ds", "binary", 3),
            "rapidstats": peer("rapidstats", "binary", 3),
            "duckdb": peer("duckdb", "binary", 3),
        },
        (Goal("evalcli", 1.4, "lean"), *_of_scikit_learn(20, 220)),
        stages=("score", *map(str, labelled("binary"))),
        size=(10_000_000, 1),
    ),
    "wide": Case(
        "50,000 × 1,000",
        ("wide",),
        {
            "evalcli": score(*labelled("wide"), runs=7),
            "imports": IMPORTS,
            "lean": LEAN["wide"],
            "torchmetrics": peer("torchmetrics", "wide", 1),
            "scikit-learn, frugal": peer("sklearn", "wide", 1, "--frugal"),
            "scikit-learn": peer("sklearn", "wide", 1),
        },
        (Goal("evalcli", 2.5, "lean"), *_of_scikit_learn(60, 400)),
        stages=("score", *map(str, labelled("wide"))),
        size=(50_000, 1_000),
    ),
    "regression": Case(
        "regression 10,000,000",
        ("regression",),
        {
            "evalcli": score(*REGRESSION, runs=7),
            "imports": IMPORTS,
            "lean": LEAN["regression"],
            "scikit-learn": peer("sklearn", "regression", 1),
        },
        _of_scikit_learn(15, 400),
        stages=("score", *map(str, REGRESSION)),
        size=(10_000_000, 2),
    ),
    "all_multiclass": _two(
        "`--metrics all`, 2,000,000 × 10, to the default", "multiclass", ("--metrics", "all"), (), 1.5, 7
    ),
    "all_binary": _two(
        "`--metrics all`, binary 10,000,000, to the default", "binary", ("--metrics", "all"), (), 2.5
    ),
    "one_against_one": _two(
        "one against one to one against the rest, 50,000 × 1,000",
        "wide",
        ("--only", "roc_auc_ovo_macro"),
        ("--only", "roc_auc_ovr_macro"),
        3,
        3,
    ),
    "slices_20": _sliced("sliced", 1.5, 7),
    "slices_1000": _sliced("sliced_1000", 2.0, 3),
    "csv": Case(
        "CSV 2,000,000 × 10 to `read_csv`, imports excluded",
        ("multiclass", "text"),
        {"evalcli": _inside("score", ours=True), "read": _inside("read")},
        (Goal("evalcli", 1.4, "read"),),
        "read",
    ),
    "in_memory": Case(
        "`evaluate` of 2,000,000 × 10 in memory",
        ("multiclass",),
        {
            "evalcli": _in_memory("evalcli", "evaluate", 7),
            "torchmetrics": _in_memory("torchmetrics", "evaluate", 1),
            "scikit-learn": _in_memory("scikit-learn", "evaluate", 1),
        },
        (
            Goal("scikit-learn", 60, "evalcli", at_least=True),
            Goal("torchmetrics", 20, "evalcli", at_least=True),
        ),
        "evalcli",
    ),
    "updates": Case(
        "1,000 updates of an evaluator by 256 × 10",
        ("multiclass",),
        {
            "evalcli": _in_memory("evalcli", "update", 7),
            "torchmetrics": _in_memory("torchmetrics", "update", 1),
        },
        (Goal("evalcli", 0.06), Goal("torchmetrics", 10, "evalcli", at_least=True)),
        "evalcli",
    ),
    "roc_auc_score": _function("roc_auc_score"),
    "f1_score": _function("f1_score"),
    "binary_100m": Case(
        "binary 100,000,000",
        ("binary_100m",),
        {
            "evalcli": score(FILES["binary_100m"][0], "--label-col", "label", runs=3),
            "limited": score(
                FILES["binary_100m"][0], "--label-col", "label", *MEMORY, runs=3, same=True, needs="--memory"
            ),
            "lean": lean(*FILES["binary_100m"], runs=3),
        },
        (
            Goal("evalcli", 2.5),
            Goal("evalcli", 600, memory=True),
            Goal("limited", 1.3, "evalcli"),
            Goal("limited", 600, memory=True),
        ),
    ),
    "multiclass_20m": Case(
        "20,000,000 × 10",
        ("multiclass_20m",),
        {
            "evalcli": score(FILES["multiclass_20m"][0], "--label-col", "label", runs=2),
            "limited": score(
                FILES["multiclass_20m"][0],
                "--label-col",
                "label",
                *MEMORY,
                runs=2,
                same=True,
                needs="--memory",
            ),
            "lean": lean(*FILES["multiclass_20m"], runs=3),
        },
        (Goal("limited", 700, memory=True),),
    ),
    "jobs_binary": _jobs("`--jobs 1` to 2, binary 10,000,000", "binary", labelled("binary")),
    "jobs_regression": _jobs("`--jobs 1` to 2, regression 10,000,000", "regression", REGRESSION),
    "jobs_binary_100m": _jobs(
        "`--jobs 1` to 2, binary 100,000,000",
        "binary_100m",
        (FILES["binary_100m"][0], "--label-col", "label"),
    ),
    "join": Case(
        "10,000,000 shuffled ids joined, to the same rows by order",
        ("binary", "joined"),
        {
            "evalcli": score(FILES["joined"][0], "--labels", FILES["joined"][1]),
            "order": score(FILES["joined"][0], "--labels", FILES["joined"][2], "--by-order", same=True),
            "lean": lean(*FILES["joined"]),
        },
        (Goal("evalcli", 3, "order"), Goal("evalcli", 357, memory=True)),
    ),
    "resampling": Case(
        "intervals of 20,000 × 10, to 1,000 resamples with scikit-learn",
        ("multiclass", "part"),
        {
            "evalcli": score(*labelled("part"), runs=15),
            "plain": score(*labelled("part"), "--no-intervals", runs=15),
            "loop": BOOTSTRAP,
            "lean": lean(*FILES["part"]),
        },
        (Goal("loop", 1_000, "evalcli", less="plain", at_least=True),),
    ),
    "track": Case(
        "20 epochs of 10,000 × 10",
        ("epochs",),
        {"evalcli": tracked("--fresh", runs=7), "unchanged": tracked(runs=15), "imports": IMPORTS},
        (Goal("evalcli", 2.5), Goal("unchanged", 0.5)),
        "imports",
    ),
    "state": Case(
        "2,000,000 × 10 with a state to without",
        ("multiclass",),
        {
            "evalcli": score(*labelled("multiclass"), "--state", DATA / "multiclass.state", runs=9),
            "plain": score(*labelled("multiclass"), runs=9),
            "certified": score(*labelled("multiclass"), "--ranking", "certified", runs=9),
            "lean": LEAN["multiclass"],
        },
        (Goal("evalcli", 1.1, "plain"),),
    ),
    "merge": Case(
        "64 certified states of ten classes",
        ("multiclass", "states"),
        {
            "evalcli": Command((PROGRAM, "merge", *map(str, FILES["states"]), "--quiet"), ours=True, runs=9),
            "imports": IMPORTS,
        },
        (Goal("evalcli", 1.0),),
        "imports",
    ),
    "compare": Case(
        "two models of 2,000,000 × 10, to one",
        ("multiclass", "multiclass_other"),
        {
            "evalcli": compared("multiclass"),
            "plain": score(*labelled("multiclass")),
            "lean": LEAN["multiclass"],
        },
        (Goal("evalcli", 2.2, "plain"), Goal("evalcli", 450, memory=True)),
    ),
    "compare_small": Case(
        "two models of 1,000 × 10, to one",
        ("small", "small_other"),
        {
            "evalcli": compared("small", runs=15),
            "plain": score(*labelled("small"), runs=15),
            "imports": IMPORTS,
        },
        (Goal("evalcli", 1.3, "plain"),),
        "imports",
    ),
    "paired": Case(
        "two models of 20,000 × 10, to 200 resamples with scikit-learn (10,000 take 50 times as long)",
        ("multiclass", "part", "part_other"),
        {"evalcli": compared("part", runs=15), "loop": PAIRED, "lean": lean(*FILES["part"])},
        (Goal("loop", 10, "evalcli", at_least=True),),
    ),
}
