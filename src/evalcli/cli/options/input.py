"""Files, and what their columns are."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import columns
from evalcli.cli.options.declared import argument
from evalcli.cli.options.groups import in_panel, one_of, spoken
from evalcli.inputs.choices import POLICIES, SCALES
from evalcli.loaders.formats import FORMATS, NAMES

common, files, column, reading, task = map(in_panel, ("Common", "Files", "Columns", "Reading", "Task"))
ReportFile = Annotated[
    str, argument(metavar="REPORT", help="A JSON report written by score, or - for standard input.")
]


class InputOptions(Struct, frozen=True):
    """Files, and the columns in them."""

    predictions: Annotated[
        list[str] | None,
        argument(
            metavar="PREDICTIONS...",
            help=f"{spoken([form.title for form in FORMATS.values()])}: files, globs, folders, addresses "
            "(s3://, https://) or - for standard input. Several files are read as one table.",
        ),
    ] = None
    labels: Annotated[
        list[str] | None,
        common(
            "--labels",
            "-l",
            metavar="FILE",
            help="True labels; matched by an id column present in both files, otherwise by row order. "
            "Repeatable.",
        ),
    ] = None
    label_col: Annotated[
        str | None,
        common(metavar="NAME", help="Column of the true label.", autocompletion=columns),
    ] = None
    label_cols: Annotated[
        list[str] | None,
        column(
            metavar="NAMES",
            help="Indicator columns (0/1), one per label, for multilabel data: names or globs, "
            "comma-separated.",
            autocompletion=columns,
        ),
    ] = None
    score_cols: Annotated[
        list[str] | None,
        common(
            metavar="NAMES",
            help="Score columns: names or globs, comma-separated.",
            autocompletion=columns,
        ),
    ] = None
    pred_col: Annotated[
        str | None,
        column(metavar="NAME", help="Column of the predicted class or value.", autocompletion=columns),
    ] = None
    id_col: Annotated[
        str | None,
        column(
            metavar="NAME",
            help="Id column to match rows by; PREDICTIONS=LABELS if its name differs between the files.",
            autocompletion=columns,
        ),
    ] = None
    by_order: Annotated[
        bool,
        files("--by-order", help="Match rows by order and ignore ids."),
    ] = False
    on_missing: Annotated[str, one_of(files, "Labels without a prediction", POLICIES, metavar="POLICY")] = (
        "error"
    )
    on_extra: Annotated[str, one_of(files, "Predictions without a label", POLICIES, metavar="POLICY")] = (
        "error"
    )
    weight_col: Annotated[
        str | None,
        column(
            metavar="NAME",
            help="Sample weight column, in either file (default: sample_weight, if present).",
            autocompletion=columns,
        ),
    ] = None
    unweighted: Annotated[bool, column("--unweighted", help="Ignore the sample weight column.")] = False
    classes: Annotated[
        str | None,
        task(metavar="FILE|NAMES", help="Class names in order: a file, one per line, or comma-separated."),
    ] = None
    fold_names: Annotated[
        bool,
        task(
            "--fold-names",
            help="Treat class names that differ only in case or whitespace as one class.",
        ),
    ] = False
    fold_ids: Annotated[
        bool,
        files(
            "--fold-ids",
            help="Match ids that differ only in case, surrounding whitespace, zero padding (007 and 7), the "
            "form of whole numbers (7.0 and 7), or a common prefix or suffix.",
        ),
    ] = False
    scores: Annotated[str, one_of(task, "What the scores are", SCALES, metavar="KIND")] = "auto"
    missing: Annotated[str, one_of(reading, "Rows with a missing value", POLICIES, metavar="POLICY")] = (
        "error"
    )
    null_values: Annotated[
        list[str] | None,
        reading(metavar="TEXTS", help="Values to read as missing, comma-separated."),
    ] = None
    ignore_label: Annotated[
        list[str] | None,
        task(
            metavar="VALUE",
            help="Drop and count rows with this label, e.g. -100, 255 or UNK. Repeatable.",
        ),
    ] = None
    label_sep: Annotated[
        str | None,
        reading(metavar="TEXT", help="Separator of the labels within a field, e.g. | in a|b."),
    ] = None
    header: Annotated[
        bool | None,
        reading(
            "--header/--no-header",
            help="Whether text files begin with column names; without, columns are named f0, f1, ... "
            "(default: detected).",
            show_default=False,
        ),
    ] = None
    delimiter: Annotated[
        str | None,
        reading(metavar="CHAR", help="Field delimiter of text files (default: detected)."),
    ] = None
    decimal: Annotated[
        str | None, reading(metavar="CHAR", help="Decimal separator of text files (default: detected).")
    ] = None
    encoding: Annotated[
        str | None,
        reading(
            metavar="NAME",
            help="Encoding of text files, e.g. latin-1 (default: UTF-8 or UTF-16, detected).",
        ),
    ] = None
    input_format: Annotated[
        str | None,
        one_of(reading, "Format of the predictions", tuple(NAMES), default="detected", metavar="FORMAT"),
    ] = None
    max_bytes: Annotated[
        str | None,
        reading(
            metavar="SIZE",
            help="Maximum decompressed size, e.g. 20G (default: 100 times the compressed size, at least 1G).",
        ),
    ] = None
