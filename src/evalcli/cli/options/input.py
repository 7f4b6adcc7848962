"""Files, and what their columns are."""

from dataclasses import dataclass
from typing import Annotated

import typer

from evalcli.cli.completion import columns
from evalcli.cli.options.groups import in_panel, one_of, spoken
from evalcli.inputs.choices import POLICIES, SCALES
from evalcli.loaders.formats import FORMATS

option = in_panel("Input")
ReportFile = Annotated[
    str, typer.Argument(metavar="REPORT", help="A JSON report that score wrote, or - for standard input.")
]


@dataclass(frozen=True)
class InputOptions:
    """Files, and the columns in them."""

    predictions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PREDICTIONS...",
            help=f"{spoken([form.title for form in FORMATS.values()])}: files, globs, folders, addresses "
            "(s3://, https://) or - for standard input. Several are one table.",
        ),
    ] = None
    labels: Annotated[
        list[str] | None,
        option(
            "--labels",
            "-l",
            metavar="FILE",
            help="True labels: matched by a column of ids that both have, else row by row. Repeatable.",
        ),
    ] = None
    label_col: Annotated[
        str | None,
        option(metavar="NAME", help="Column of the true label.", autocompletion=columns),
    ] = None
    label_cols: Annotated[
        list[str] | None,
        option(
            metavar="NAMES",
            help="Columns of 0 and 1, one for each label of multilabel data; names or globs.",
            autocompletion=columns,
        ),
    ] = None
    score_cols: Annotated[
        list[str] | None,
        option(
            metavar="NAMES", help="Score columns: names or globs, commas between.", autocompletion=columns
        ),
    ] = None
    pred_col: Annotated[
        str | None,
        option(metavar="NAME", help="Column of the predicted class or value.", autocompletion=columns),
    ] = None
    id_col: Annotated[
        str | None,
        option(
            metavar="NAME",
            help="Column of ids that rows are matched by; as PREDICTIONS=LABELS where its names differ.",
            autocompletion=columns,
        ),
    ] = None
    by_order: Annotated[
        bool,
        option("--by-order", help="Match rows by order, whatever ids there are."),
    ] = False
    on_missing: Annotated[str, one_of(option, "Labels without a prediction", POLICIES, metavar="POLICY")] = (
        "error"
    )
    on_extra: Annotated[str, one_of(option, "Predictions without a label", POLICIES, metavar="POLICY")] = (
        "error"
    )
    weight_col: Annotated[
        str | None,
        option(
            metavar="NAME",
            help="Column of the rows' weights, in either file; else one called sample_weight.",
            autocompletion=columns,
        ),
    ] = None
    unweighted: Annotated[bool, option("--unweighted", help="Do not use a column of weights.")] = False
    classes: Annotated[
        str | None,
        option(metavar="FILE|NAMES", help="Class names in order: a file, one a line, or commas."),
    ] = None
    fold_names: Annotated[
        bool,
        option("--fold-names", help="Class names that differ by case or blanks only are one class."),
    ] = False
    fold_ids: Annotated[
        bool,
        option(
            "--fold-ids",
            help="Match ids that differ only in case, surrounding whitespace, zero padding (007 and 7), the "
            "form of whole numbers (7.0 and 7), or a common prefix or suffix.",
        ),
    ] = False
    scores: Annotated[str, one_of(option, "", SCALES, metavar="KIND")] = "auto"
    missing: Annotated[str, one_of(option, "Rows with a missing value", POLICIES, metavar="POLICY")] = "error"
    null_values: Annotated[
        list[str] | None,
        option(metavar="TEXTS", help="Texts that stand for a missing value, commas between."),
    ] = None
    ignore_label: Annotated[
        list[str] | None,
        option(
            metavar="VALUE",
            help="Label whose rows do not count, as -100, 255 or UNK: left out and counted. Repeatable.",
        ),
    ] = None
    label_sep: Annotated[
        str | None,
        option(metavar="TEXT", help="What stands between the labels of one field, as | in a|b."),
    ] = None
    header: Annotated[
        bool | None,
        option(
            "--header/--no-header",
            help="Whether text files begin with the columns' names; without, they are f0, f1, ...",
            show_default=False,
        ),
    ] = None
    delimiter: Annotated[
        str | None,
        option(metavar="CHAR", help="Field delimiter of text files; else the one they have."),
    ] = None
    decimal: Annotated[
        str | None, option(metavar="CHAR", help="Decimal sign of text files; else the one they have.")
    ] = None
    encoding: Annotated[
        str | None,
        option(metavar="NAME", help="Encoding of text files, as latin-1; else UTF-8 or UTF-16."),
    ] = None
    input_format: Annotated[
        str | None, one_of(option, "Format of the predictions", tuple(FORMATS), metavar="FORMAT")
    ] = None
    max_bytes: Annotated[
        str | None,
        option(
            metavar="SIZE",
            help="What packed input may unfold to, as 20G; else 100 times its size, at least 1G.",
        ),
    ] = None
