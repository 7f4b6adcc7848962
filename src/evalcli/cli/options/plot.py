"""What is drawn, where it goes and how it looks."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.options.declared import argument
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.cli.options.output import Quiet
from evalcli.plots.kinds import KINDS
from evalcli.plots.matrix import SORTS
from evalcli.renderers.tables import NORMALIZE

common, option = in_panel("Common"), in_panel("Output")
ALL = "all"
KindName = Annotated[str, argument(metavar="KIND", help=f"{', '.join(KINDS)}, or all that the data has.")]


class PlotOptions(Struct, frozen=True):
    """Where pictures go, and how they look."""

    output: Annotated[
        str | None,
        common(
            "--output",
            "-o",
            metavar="PATH",
            help="A file that ends in .png, .svg, .pdf or .vl.json (Vega-Lite); for all, or with a / at "
            "its end, a folder.",
        ),
    ] = None
    also: Annotated[
        list[str] | None,
        option(
            "--also",
            metavar="NAME=REPORT",
            help="A further model in the same picture, from its JSON report. Repeatable.",
        ),
    ] = None
    normalize: Annotated[
        str | None,
        one_of(
            option,
            "Shares in the confusion matrix, of the true class, the predicted class or all rows",
            tuple(NORMALIZE),
            "--normalize",
            metavar="BY",
        ),
    ] = None
    sort: Annotated[
        str,
        one_of(option, "Order of the classes of a confusion matrix", SORTS, "--sort", metavar="KEY"),
    ] = "given"
    cost: Annotated[
        list[str] | None,
        option(
            "--cost",
            metavar="KIND=COST",
            help="Costs of outcomes for thresholds, e.g. fp=1,fn=5: the mean cost of a row by threshold.",
        ),
    ] = None
    size: Annotated[
        str | None,
        option("--size", metavar="WxH", help="Width and height in inches, e.g. 3.5x3 for one column."),
    ] = None
    dpi: Annotated[int, option("--dpi", metavar="N", help="Pixels per inch of PNG.")] = 200
    style: Annotated[
        str | None,
        option("--style", metavar="FILE", help="A style sheet of matplotlib."),
    ] = None
    quiet: Quiet = False
