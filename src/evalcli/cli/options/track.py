"""What to track, which epoch is best, and where the history is."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import metric_names, rule_names
from evalcli.cli.options.declared import argument
from evalcli.cli.options.groups import in_panel
from evalcli.cli.options.log import Trackers
from evalcli.cli.options.output import Charts, Quiet, files_of, format_of

common, columns, option, written, gate = map(in_panel, ("Common", "Columns", "Run", "Output", "Gate"))
PatternText = Annotated[
    str,
    argument(
        metavar="PATTERN",
        help="Paths of the predictions with {epoch} for its number, e.g. 'run/{split}/epoch-{epoch}.npy'; "
        "the run's folder; a table of all epochs; or a log.",
    ),
]


class TrackOptions(Struct, frozen=True):
    """The run and its history."""

    labels: Annotated[
        str | None,
        common(
            "--labels",
            "-l",
            metavar="PATTERN",
            help="Labels, e.g. 'run/{split}/y.npy'; without fields: of all.",
        ),
    ] = None
    epoch_col: Annotated[
        str | None,
        columns(
            "--epoch-col", metavar="NAME", help="Column of the epoch, of tables that hold several of them."
        ),
    ] = None
    split_col: Annotated[
        str | None,
        columns(
            "--split-col", metavar="NAME", help="Column of the split of such tables, e.g. train and val."
        ),
    ] = None
    best: Annotated[
        str | None,
        common(
            "--best",
            metavar="METRIC",
            help="Metric that says which epoch is best.",
            autocompletion=metric_names,
        ),
    ] = None
    split: Annotated[
        str | None, common("--split", metavar="NAME", help="Split that epochs are compared on, e.g. val.")
    ] = None
    at: Annotated[
        str,
        gate("--at", metavar="EPOCH", help="Epoch that rules judge: best, take, last or its number."),
    ] = "best"
    not_worse: Annotated[
        list[str] | None,
        gate(
            "--not-worse",
            metavar="NAME=MARGIN",
            help="Fail unless the whole interval of the change from the best epoch to that of --at is within "
            "MARGIN, e.g. f1=0.01. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    against: Annotated[
        str | None,
        gate("--against", metavar="FILE", help="Another model for --not-worse, on the same rows."),
    ] = None
    history: Annotated[
        str | None,
        option(
            "--history",
            metavar="FILE",
            help="Where the history is kept; history.jsonl beside the run by default.",
        ),
    ] = None
    watch: Annotated[
        bool,
        option("--watch", help="Follow a running training: score each epoch once its files are complete."),
    ] = False
    until_epoch: Annotated[
        int | None, option("--until-epoch", metavar="N", help="Stop --watch when this epoch is there.")
    ] = None
    patience: Annotated[
        int | None,
        option("--patience", metavar="N", help="Stop --watch after so many epochs without a better one."),
    ] = None
    every: Annotated[
        float, option("--every", metavar="SECONDS", help="Time between two looks of --watch.")
    ] = 2.0
    fresh: Annotated[bool, option("--fresh", help="Score all epochs again, and replace the history.")] = False


class TrackOutput(Struct, frozen=True):
    """Where the history goes."""

    format: Annotated[str, format_of("history")] = "table"
    output: Annotated[
        list[str] | None, files_of("the history", "; curves as .png, .svg, .pdf or .vl.json")
    ] = None
    digits: Annotated[int | None, written("--digits", metavar="N", help="Decimals of values.")] = None
    charts: Charts = False
    plots: Annotated[
        str | None,
        written("--plots", metavar="FOLDER", help="Also draw all pictures of the run, as PNG."),
    ] = None
    log: Trackers = None
    quiet: Quiet = False
