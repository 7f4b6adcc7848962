"""The frame of every page: title, sections and their links, styles, scripts, and the policy of the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from evalcli.findings import Finding
from evalcli.renderers.page_tables import text
from evalcli.report.verdict import Verdict

LIBRARIES = ("vega.js", "vega-interpreter.js")
Section = tuple[str, list[str]]
"""Its name, and lines of HTML."""


def whole_page(
    title: str,
    facts: str,
    verdict: tuple[Verdict, str] | None,
    sections: Sequence[Section],
    data: str,
    charts: bool,
) -> bytes:
    """A whole page. ``data``: attributes of what the script reads; ``charts``: whether it draws any."""
    style, own = _asset("page.css"), _own_script(charts)
    scripts = [*(_asset(name) for name in LIBRARIES if charts), own]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_digest, scripts))}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    lines = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>evalcli: {text(title)}</title>\n<style>{style}</style>\n</head>\n<body>",
        f"<header>\n<h1>{text(title)}</h1>\n<p>{text(facts)}</p>",
    ]
    if verdict is not None:
        word, words = verdict
        more = f": {text(words)}" if words else ""
        lines.append(f'<p class="verdict {word}"><strong>{word}</strong>{more}</p>')
    links = "".join(
        f'<li><a href="#s{i}">{text(name.partition(":")[0])}</a></li>' for i, (name, _) in enumerate(sections)
    )
    lines.append(f'</header>\n<nav aria-label="sections"><ul>{links}</ul></nav>\n<main{data}>')
    for i, (name, body) in enumerate(sections):
        lines += [f'<section aria-labelledby="s{i}">\n<h2 id="s{i}">{text(name)}</h2>', *body, "</section>"]
    lines.append("</main>")
    lines += [f"<script>{script}</script>" for script in scripts]
    lines.append("</body>\n</html>\n")
    return "\n".join(lines).encode("utf-8", "backslashreplace")


def notes_of(notes: Sequence[Finding]) -> Iterator[Section]:
    """A section of notes, if there are any."""
    if notes:
        yield "Notes", ["<ul>", *map(_note, notes), "</ul>"]


def _note(note: Finding) -> str:
    hint = "" if note.hint is None else f"<br>try: {text(str(note.hint))}"
    return f"<li>{text(note.message)} <em>({text(note.code)})</em>{hint}</li>"


def origin_of(origin: Mapping[str, str]) -> Iterator[Section]:
    """Where the numbers come from."""
    facts = (f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in origin.items() if value)
    yield "Where the numbers come from", ["<dl>", *facts, "</dl>"]


@cache
def _own_script(charts: bool) -> str:
    own = _asset("page.js")
    return f"const CHARTS = {_asset('charts.json')};\n{own}" if charts else own


@cache
def _asset(name: str) -> str:
    return (files("evalcli") / "web" / name).read_text(encoding="utf-8")


@cache
def _digest(script: str) -> str:
    """The source of a script in a policy: what its text hashes to (Content Security Policy, level 3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


__all__ = ["Section", "notes_of", "origin_of", "whole_page"]
