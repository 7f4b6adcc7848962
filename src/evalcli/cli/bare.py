"""What goes to standard output besides reports: bare values, and charts for a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from evalcli.cli.options.output import OutputOptions
from evalcli.cli.say import say
from evalcli.renderers.numbers import bare
from evalcli.report.history import History
from evalcli.report.report import Report
from evalcli.report.score import Score
from evalcli.text import escape


def terminal_width() -> int | None:
    """Columns of the terminal; None if standard output is not a terminal."""
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        return None
    import shutil

    return shutil.get_terminal_size().columns


def print_charts(report: Report | History) -> None:
    """Print small charts below the tables."""
    from evalcli.plots.terminal import charts

    width = terminal_width()
    for chart in charts(report, width, width is not None):
        print(f"\n{chart}")


def print_bare(report: Report, keys: Sequence[str], asked: OutputOptions) -> None:
    """Print bare values: one per line, with its name before it if asked for, or a JSON object."""
    found: dict[str, Score | None] = {key: report.find(key) for key in keys}
    values = {key: None if score is None else score.value for key, score in found.items()}
    if asked.format == "json":
        from evalcli.renderers import json

        print(json.text(values))
    else:
        for key, value in values.items():
            text = "null" if value is None else bare(value, asked.digits)
            print(f"{escape(key)}\t{text}" if asked.with_names else text)
    for key, score in found.items():
        if score is not None and score.value is None:
            say(f"note: {escape(key)} is undefined: {score.reason}")
