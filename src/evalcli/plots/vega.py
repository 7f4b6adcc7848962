"""Pictures as Vega-Lite specifications with their data, as notebooks, DVC and GitLab show them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from evalcli.plots.canvas import VEGA
from evalcli.plots.kinds import Kind, Look, Source, rows_of
from evalcli.renderers.json import text
from evalcli.report.json_values import Json, JsonObject
from evalcli.report.report import Report

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
UNIT = {"domain": [0, 1]}
Spec = dict[str, Any]


def _axis(name: str, kind: str = "quantitative", **more: Any) -> Spec:
    return {"field": name, "type": kind, **more}


def _line(across: str, up: str, unit: bool = True, step: bool = False) -> Spec:
    """Points joined in their order, a line for each curve."""
    scale: Spec = {"scale": UNIT} if unit else {}
    mark = {"type": "line", "interpolate": "step-before" if step else "linear"}
    return {
        "mark": mark,
        "encoding": {
            "x": _axis(across, **scale),
            "y": _axis(up, **scale),
            "order": _axis("place"),
            "color": _axis("curve", "nominal"),
        },
    }


def _intervals(name: str, value: str) -> Spec:
    """A row for each name: a point, and a line over its interval."""
    y = _axis(name, "nominal", sort=None)
    return {
        "layer": [
            {"mark": "rule", "encoding": {"y": y, "x": _axis("low", title=value), "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True}, "encoding": {"y": y, "x": _axis(value)}},
        ]
    }


def _cells(across: str, up: str, shade: str) -> Spec:
    return {
        "mark": "rect",
        "encoding": {
            "x": _axis(across, "nominal", sort=None),
            "y": _axis(up, "nominal", sort=None),
            "color": _axis(shade),
            "tooltip": [_axis(across, "nominal"), _axis(up, "nominal"), _axis("rows")],
        },
    }


def _by_epoch(facet: str, independent: bool = False) -> Spec:
    """A chart for each of several, with a line and a band for each split."""
    split, scale = _axis("split", "nominal"), {"zero": False}
    line = {"x": _axis("epoch"), "y": _axis("value", scale=scale), "color": split}
    band = {**line, "y": _axis("low", scale=scale), "y2": {"field": "high"}}
    return {
        "facet": _axis(facet, "nominal", sort=None),
        "columns": 4,
        "resolve": {"scale": {"y": "independent" if independent else "shared"}},
        "spec": {
            "layer": [
                {"mark": {"type": "area", "opacity": 0.2}, "encoding": band},
                {"mark": {"type": "line", "point": True}, "encoding": line},
            ]
        },
    }


def _bars(high: str, low: str = "low") -> Spec:
    return {
        "transform": [{"fold": ["with", "without"], "as": ["kind", "count"]}],
        "mark": {"type": "bar", "opacity": 0.5},
        "encoding": {
            "x": _axis(low, bin={"binned": True}),
            "x2": {"field": high},
            "y": _axis("count", stack=None),
            "color": _axis("kind", "nominal"),
        },
    }


MAKERS: dict[str, Callable[[], Spec]] = {
    "confusion": lambda: _cells("predicted", "truth", "share"),
    "confused": lambda: {
        "transform": [{"calculate": "datum.truth + ' → ' + datum.predicted", "as": "pair"}],
        "mark": "bar",
        "encoding": {"x": _axis("rows"), "y": _axis("pair", "nominal", sort=None)},
    },
    "roc": lambda: _line("fpr", "tpr"),
    "pr": lambda: _line("recall", "precision", step=True),
    "reliability": lambda: {
        "layer": [
            {
                "mark": "rule",
                "encoding": {
                    "x": _axis("probability", scale=UNIT),
                    "y": _axis("low"),
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "line", "point": True},
                "encoding": {"x": _axis("probability"), "y": _axis("observed", scale=UNIT)},
            },
        ]
    },
    "scores": lambda: _bars("high"),
    "thresholds": lambda: {
        "transform": [{"fold": ["precision", "recall", "f1"], "as": ["metric", "value"]}],
        "mark": {"type": "line", "interpolate": "step-after"},
        "encoding": {
            "x": _axis("threshold"),
            "y": _axis("value", scale=UNIT),
            "color": _axis("metric", "nominal"),
        },
    },
    "gains": lambda: _line("rows", "positives"),
    "lift": lambda: _line("rows", "lift", unit=False),
    "classes": lambda: _intervals("class", "value"),
    "slices": lambda: _intervals("slice", "value"),
    "residuals": lambda: {"mark": "line", "encoding": {"x": _axis("level"), "y": _axis("error")}},
    "predicted": lambda: {
        "mark": {"type": "point", "filled": True, "shape": "square"},
        "encoding": {
            "x": _axis("truth"),
            "y": _axis("predicted"),
            "color": _axis("rows", scale={"type": "log"}),
        },
    },
    "changes": lambda: _intervals("metric", "change"),
    "slice_changes": lambda: _intervals("slice", "change"),
    "history": lambda: _by_epoch("metric", independent=True),
    "class_history": lambda: _by_epoch("class"),
    "matrix_history": lambda: {
        "facet": _axis("epoch", "ordinal"),
        "columns": 4,
        "spec": _cells("predicted", "truth", "share"),
    },
    "flips": lambda: {
        "transform": [{"fold": ["broken", "fixed"], "as": ["kind", "count"]}],
        "mark": "bar",
        "encoding": {
            "x": _axis("count"),
            "y": _axis("class", "nominal", sort=None),
            "color": _axis("kind", "nominal"),
        },
    },
}
"""The specification of each kind, without data."""


def specification(kind: Kind, source: Source, look: Look) -> JsonObject:
    """A whole specification, with the data in it."""
    rows = rows_of(kind, source, look)
    values: list[Json] = [
        {"place": place, **{name: _plain(value) for name, value in row.items()}}
        for place, row in enumerate(rows)
    ]
    title = f"{source.title}: {kind.meaning}" if isinstance(source, Report) else source.title
    return {"$schema": SCHEMA, "title": title, "data": {"values": values}, **MAKERS[kind.name]()}


def _plain(value: Any) -> Json:
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number


def as_text(kind: Kind, source: Source, look: Look) -> bytes:
    """The file of a specification."""
    return (text(specification(kind, source, look)) + "\n").encode()


__all__ = ["VEGA", "as_text", "specification"]
