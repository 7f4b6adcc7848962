"""The explanation of a note, for ``evalcli explain CODE``."""

from __future__ import annotations

from evalcli.report.json_values import JsonObject
from evalcli.report.notes import NOTES

ABOUT = {
    "reading": "how the files were read",
    "files": "a possible mistake in the files",
    "rows left out": "rows that were skipped",
    "model": "the results",
}


def facts(code: str) -> JsonObject:
    """The facts of a note, as plain data."""
    note = NOTES[code]
    return {
        "code": code,
        "meaning": note.meaning,
        "about": note.about,
        "tasks": list(note.needs),
        "needs": {task: list(names) for task, names in note.needs.items()},
        "weighted": note.weighted,
        "least_rows": note.least,
    }


def explanation(code: str) -> list[tuple[str, str]]:
    """Heads and texts: what it means, when it is looked for, what to do."""
    note = NOTES[code]
    per_task = {task: ", ".join(names) for task, names in note.needs.items() if names}
    same = len(set(per_task.values())) == 1 and len(per_task) == len(note.needs)
    needs = "; ".join(
        dict.fromkeys(per_task.values()) if same else (f"{t}: {n}" for t, n in per_task.items())
    )
    lines = [
        ("", f"{note.meaning[0].upper()}{note.meaning[1:]}."),
        ("about", ABOUT[note.about]),
        ("tasks", ", ".join(note.needs)),
    ]
    if needs:
        lines.append(("computed from", needs))
    if note.least:
        lines.append(("minimum rows", f"{note.least:,}"))
    lines.append(("weighted rows", "checked" if note.weighted else "not checked"))
    if note.about != "model":
        lines.append(("more", "evalcli inspect FILE shows how the files are read, and what to try"))
    lines.append(("to fail on it", f"--fail-on {code}"))
    return lines
