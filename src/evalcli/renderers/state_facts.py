"""What a state file contains, as text."""

from __future__ import annotations

from evalcli.renderers.tables import View
from evalcli.report.state_facts import PartFacts, StateFacts
from evalcli.text import escape, join_names

MOST_PARTS, MOST_CLASSES = 10, 12
"""Parts and classes that are named."""


def render(state: StateFacts, view: View) -> bytes:
    """One fact a line, then the parts."""
    rows = f"{state.scored:,} scored of {state.read:,} read"
    if state.dropped:
        reasons = (f"{count:,} {reason.replace('_', ' ')}" for reason, count in state.dropped.items())
        rows += f" (dropped: {', '.join(reasons)})"
    facts = {
        "models": join_names(map(escape, state.models), MOST_CLASSES),
        "task": state.task,
        "classes": f"{len(state.classes)}: {join_names(map(escape, state.classes), MOST_CLASSES)}"
        if state.classes
        else "",
        "rows": rows,
        "metrics": join_names(state.metrics, MOST_CLASSES),
        "ranking": state.ranking,
        "rows sampled by": state.draws,
        **state.facts,
        "slices": f"{state.slices:,}" if state.slices else "",
        "written by": f"evalcli {state.version}, format {state.format}",
    }
    shown = {name: text for name, text in facts.items() if text}
    width = max(map(len, shown))
    lines = [f"{escape(state.path)} · state of {_parts(len(state.parts))} · {_size(state.size)}", ""]
    lines += [f"  {name:<{width}}  {text}" for name, text in shown.items()]
    lines += ["", *(f"  {_part(part)}" for part in state.parts[:MOST_PARTS])]
    if len(state.parts) > MOST_PARTS:
        lines.append(f"  and {len(state.parts) - MOST_PARTS:,} more")
    return "\n".join([*lines, ""]).encode("utf-8", "backslashreplace")


def _parts(count: int) -> str:
    return "1 part" if count == 1 else f"{count:,} parts"


def _part(part: PartFacts) -> str:
    at = "" if part.first_row is None else f" from row {part.first_row:,}"
    return f"{escape(part.path)}: {part.rows:,} rows{at}, digest {part.digest[:12]}"


def _size(count: int) -> str:
    """Bytes in three digits.

    >>> _size(950), _size(2_100_000)
    ('950 bytes', '2 MiB')
    """
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"
