"""Score prediction files and arrays: exact metrics with intervals, from the command line and from Python."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "EvalcliError",
    "Evaluator",
    "History",
    "Report",
    "compare",
    "custom",
    "evaluate",
    "functional",
    "inspect",
    "m",
    "merge",
    "metric",
    "score",
    "testing",
    "threshold",
    "track",
]

_HOMES = {
    "Comparison": "api.compare",
    "EvalcliError": "errors",
    "Evaluator": "api.evaluator",
    "History": "api.track",
    "Report": "api.report",
    "compare": "api.compare",
    "custom": "custom",
    "evaluate": "api.score",
    "functional": "functional",
    "inspect": "api.score",
    "m": "api.arithmetic",
    "merge": "api.merge",
    "metric": "api.arithmetic",
    "score": "api.score",
    "testing": "testing",
    "threshold": "api.score",
    "track": "api.track",
}
"""Modules of the public names, which are imported when they are first used."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"evalcli.{_HOMES[name]}")
    found: object = module if _HOMES[name] == name else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
