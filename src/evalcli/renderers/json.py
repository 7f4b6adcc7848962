"""The report as JSON: full precision, stable order, no NaN and no Infinity."""

from __future__ import annotations

import json

from evalcli.report import Report


def render(report: Report) -> str:
    """Indented JSON with a final newline."""
    return json.dumps(report.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
