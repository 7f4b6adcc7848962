"""Metrics of one's own from files of Python, and from installed packages that have some."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from evalcli.errors import ErrorCollector, EvalcliError, InputError
from evalcli.findings import Place
from evalcli.metrics.registry import METRICS
from evalcli.text import escape

GROUP = "evalcli.metrics"
"""The group of entry points of packages with metrics."""
PREFIX = "evalcli_plugin_"
_FILES: dict[Path, int] = {}
_INSTALLED: list[str] = []


def load_file(path: str) -> None:
    """Run a file that declares metrics, once. Raises an ``InputError`` for any fault."""
    file = Path(path)
    place, hint = Place(path), "a file of Python that declares metrics by the decorators of evalcli.custom"
    try:
        code = file.read_bytes()
    except OSError as error:
        raise InputError(
            "the plugin cannot be read", where=place, found=error.strerror, hint=hint, code="plugin"
        ) from None
    resolved, seen = file.resolve(), hash(code)
    if _FILES.get(resolved) == seen:
        return
    if resolved in _FILES:
        raise InputError(
            "the plugin has changed since it was loaded",
            where=place,
            hint="start Python again",
            code="plugin",
        )
    spec = spec_from_file_location(PREFIX + file.stem, file)
    if spec is None or spec.loader is None:
        raise InputError("the plugin is no file of Python", where=place, hint=hint, code="plugin")
    module, before = module_from_spec(spec), len(METRICS)
    sys.modules[spec.name] = module  # as decorators and pickle expect
    try:
        with METRICS.loading(f"{path} {_digest(code)}"), redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except EvalcliError as error:
        raise InputError(
            error.what, where=_place(error, path), found=error.found, hint=error.hint, code="plugin"
        ) from None
    except (Exception, SystemExit) as error:  # whatever a file of somebody else may raise
        raise InputError(
            "the plugin raises an error",
            where=_place(error, path),
            found=escape(f"{type(error).__name__}: {error}"),
            hint="correct it; python FILE shows more",
            code="plugin",
        ) from None
    if len(METRICS) == before:
        raise InputError("the plugin declares no metric", where=place, hint=hint, code="plugin")
    _FILES[resolved] = seen


def _digest(code: bytes) -> str:
    from hashlib import sha256

    return f"sha256 {sha256(code).hexdigest()[:12]}"


def load_files(paths: Iterable[str] | None) -> None:
    """Load several files; all faults are reported together."""
    problems = ErrorCollector()
    for path in paths or ():
        with problems.collect():
            load_file(path)
    problems.raise_if_any()


def _place(error: BaseException, path: str) -> Place:
    """The last line of the file that led to an error."""
    lines, trace = [], error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == Path(path).name:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    return Place(path, line=line)


def load_installed() -> bool:
    """Load the metrics of installed packages, once; whether there are new ones."""
    if _INSTALLED:
        return False
    _INSTALLED.append(GROUP)
    from importlib.metadata import entry_points

    before = len(METRICS)
    for entry in entry_points(group=GROUP):
        origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
        try:
            with METRICS.loading(origin):
                entry.load()
        except (Exception, SystemExit) as error:
            raise InputError(
                "an installed package with metrics cannot be loaded",
                where=Place(origin),
                found=escape(f"{type(error).__name__}: {error}"),
                hint="update this package, or uninstall it",
                code="plugin",
            ) from None
    return len(METRICS) > before
