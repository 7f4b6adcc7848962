"""The commands: one table, read by the application, help and errors for unknown words."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from evalcli.errors import EXIT_CODES


class CommandFacts(Struct, frozen=True):
    """``module``: the module of this package with its function. ``examples``: each with its purpose.

    ``docs``: pages about it. ``codes``: its exit codes and their meanings. ``forwards``: whether it takes the
    options of other commands.
    """

    module: str
    examples: tuple[tuple[str, str], ...]
    docs: tuple[str, ...]
    codes: Mapping[int, str]
    forwards: bool = False


SCORE_CODES: dict[int, str] = {code.value: meaning for code, meaning in EXIT_CODES.items()}
USAGE = "wrong usage or input"
COMMANDS: dict[str, CommandFacts] = {
    "score": CommandFacts(
        "score",
        (
            ("metrics of one file; columns are recognised", "evalcli score preds.csv"),
            (
                "labels in another file; fail below a limit, and report to the CI service",
                "evalcli score preds.npy --labels labels.npy --fail-under accuracy=0.8 -o junit.xml",
            ),
            (
                "each region separately, and no worse than an earlier report",
                "evalcli score preds.csv --by region --baseline main.json --max-drop f1=1%",
            ),
        ),
        ("docs/files.md", "docs/ci.md", "docs/intervals.md", "docs/configuration.md"),
        SCORE_CODES,
    ),
    "compare": CommandFacts(
        "compare",
        (
            ("two models on the same rows", "evalcli compare old.csv new.csv --labels y.csv"),
            (
                "fail if the new one may be worse, or breaks too much",
                "evalcli compare old.csv new.csv --labels y.csv --not-worse accuracy=0.5% --max-broken 1%",
            ),
        ),
        ("docs/compare.md",),
        SCORE_CODES,
    ),
    "track": CommandFacts(
        "track",
        (
            (
                "every epoch of a run, and which is best",
                "evalcli track 'run/{split}/epoch-{epoch}.npy' --labels 'run/{split}/y.npy'",
            ),
            (
                "by a metric of one's own choice, as a table for a spreadsheet",
                "evalcli track 'run/val-{epoch}.parquet' --best f1_macro -o history.csv",
            ),
        ),
        ("docs/track.md",),
        SCORE_CODES,
    ),
    "merge": CommandFacts(
        "merge",
        (
            ("the report of all parts, from the states that they left", "evalcli merge 'part-*.state'"),
            (
                "fail below a limit, or if one of two parts is missing",
                "evalcli merge parts/ --expect 2 --fail-under f1=0.8",
            ),
        ),
        ("docs/scale.md",),
        SCORE_CODES,
    ),
    "show": CommandFacts(
        "show",
        (
            ("a stored report or comparison as a table", "evalcli show report.json"),
            (
                "the same as Markdown, with a rule",
                "evalcli show report.json --format markdown --fail-under accuracy=0.8",
            ),
        ),
        ("docs/ci.md",),
        SCORE_CODES,
    ),
    "plot": CommandFacts(
        "plot",
        (
            (
                "a confusion matrix, from predictions",
                "evalcli plot confusion preds.csv -o confusion.png",
            ),
            ("all pictures of a stored report", "evalcli plot all report.json -o plots/"),
        ),
        ("docs/plots.md",),
        {0: "drawn", 2: USAGE},
    ),
    "power": CommandFacts(
        "power",
        (
            ("how often the rule would give another verdict", "evalcli power report.json --rule f1=0.8"),
            (
                "the same of a gate on the lower ends of intervals",
                "evalcli power report.json --rule accuracy=0.8 --on lower",
            ),
        ),
        ("docs/compare.md", "docs/ci.md"),
        {0: "done", 2: USAGE},
    ),
    "inspect": CommandFacts(
        "inspect",
        (
            ("what the columns are, and problems in the file", "evalcli inspect preds.csv"),
            (
                "the same of two files; fail on warnings",
                "evalcli inspect preds.npy --labels labels.npy --strict",
            ),
        ),
        ("docs/files.md",),
        {0: "scorable", 1: "with warnings under --strict", 2: "not scorable"},
    ),
    "threshold": CommandFacts(
        "threshold",
        (
            ("the threshold with the highest F1", "evalcli threshold preds.csv"),
            (
                "the highest recall at a precision of 0.6, for score --threshold @threshold.json",
                "evalcli threshold preds.csv --min-precision 0.6 -o threshold.json",
            ),
        ),
        ("docs/cli.md",),
        {0: "selected", 1: "no threshold meets the limits", 2: USAGE},
    ),
    "config": CommandFacts(
        "config",
        (
            ("options that are set for score", "evalcli config"),
            (
                "options that this command line would run with",
                "evalcli config score preds.csv --threshold 0.3",
            ),
        ),
        ("docs/configuration.md",),
        {0: "done", 2: USAGE},
        forwards=True,
    ),
    "metrics": CommandFacts(
        "metrics",
        (("metrics of two classes", "evalcli metrics --task binary"),),
        ("docs/metrics.md",),
        {0: "done", 2: USAGE},
    ),
    "explain": CommandFacts(
        "metrics",
        (("formula and conventions of a metric", "evalcli explain f1"),),
        ("docs/metrics.md",),
        {0: "done", 2: USAGE},
    ),
}
EXAMPLES = (
    ("metrics of a prediction file", "evalcli score preds.csv"),
    ("two models on the same rows", "evalcli compare old.csv new.csv --labels y.csv"),
    ("how a file is read, and problems in it", "evalcli inspect preds.csv"),
    ("what a metric is", "evalcli explain f1"),
)
"""Examples in the help of evalcli itself."""
DOCS = ("README.md", "docs/cli.md", "docs/files.md", "docs/metrics.md", "docs/ci.md")
