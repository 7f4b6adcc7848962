"""Write what an HTML page draws its charts with: Vega and specifications compiled for it.

`make page` runs this; a test fails when the specifications are not what this would write.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent.parent / "src" / "evalcli" / "web"
Spec = dict[str, Any]
BLUE, ORANGE, GREY = "#1f83c4", "#d55e00", "#808080"
UNIT = {"domain": [0, 1]}
SIZE = {"width": 280, "height": 230}
TITLES = {
    "roc": ("false positive rate", "recall (true positive rate)"),
    "pr": ("recall", "precision"),
    "cost": ("threshold", "cost per row"),
    "reliability": ("predicted probability", "observed frequency"),
    "scores": ("predicted probability", "rows"),
    "predicted": ("true value", "predicted value"),
    "residuals": ("quantile", "predicted − true value"),
    "history": ("epoch", ""),
}
"""What the axes show, across and up."""


MARKED = {"now", "alike", "best"}
"""Data that marks some of the points: the chosen threshold, epochs."""


def field(name: str, title: str | None = None, kind: str = "quantitative", **more: Any) -> Spec:
    """A column on an axis."""
    return {"field": name, "type": kind, "title": title or name, **more}


def layered(*layers: Spec) -> Spec:
    """Layers over each other, of named data that the page gives."""
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **SIZE, "layer": list(layers)}


def of(data: str, mark: Spec, **encoding: Spec | list[Spec]) -> Spec:
    """One layer of the data of a name; what it shows is in a table, which a screen reader takes."""
    return {"data": {"name": data}, "mark": {"aria": False, **mark}, "encoding": encoding}


def line(x: Spec, y: Spec, **mark: Any) -> Spec:
    """Points of the curve, joined in their order."""
    return of("points", {"type": "line", "color": BLUE, **mark}, x=x, y=y, order=field("place"))


def grabbed(x: Spec, y: Spec) -> Spec:
    """Wide invisible points to click on, which say what they are."""
    tips = [field("label", "threshold", "nominal"), field("tp"), field("fp")]
    mark = {"type": "point", "size": 120, "opacity": 0, "filled": True, "cursor": "pointer"}
    return of("points", mark, x=x, y=y, tooltip=tips)


def now(x: Spec, y: Spec) -> Spec:
    """The threshold that is chosen."""
    return of("now", {"type": "point", "filled": True, "size": 90, "color": ORANGE, "opacity": 1}, x=x, y=y)


def at_threshold(x: Spec) -> Spec:
    """The same as a line."""
    return of("now", {"type": "rule", "color": ORANGE, "strokeWidth": 2}, x=x)


def band(x: Spec, low: str, high: str, **mark: Any) -> Spec:
    """An interval at each point."""
    area = {"type": "area", "color": BLUE, "opacity": 0.2, **mark}
    return of("points", area, x=x, y=field(low), y2={"field": high})


def diagonal() -> Spec:
    """From corner to corner."""
    ends = {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]}
    mark = {"type": "line", "color": GREY, "strokeDash": [3, 3], "aria": False}
    return {"data": ends, "mark": mark, "encoding": {"x": field("x"), "y": field("y")}}


def specifications() -> dict[str, Spec]:
    """The charts of a page, in Vega-Lite."""
    fpr, tpr = field("fpr", "false positive rate", scale=UNIT), field("tpr", "recall", scale=UNIT)
    recall, precision = field("recall", scale=UNIT), field("precision", scale=UNIT)
    at, cost = field("at", "threshold", scale={"zero": False}), field("cost", "cost per row")
    p = field("probability", "predicted probability", scale=UNIT)
    observed = field("observed", "observed frequency", scale=UNIT)
    marker = field("at", "predicted probability", scale=UNIT)
    bars = [
        of(
            "bins",
            {"type": "bar", "color": shade, "opacity": 0.55},
            x=field("from", "score", scale=UNIT, bin={"binned": True}),
            x2={"field": "to"},
            y=field(name, "rows", stack=None),
            tooltip=[field("from"), field("to"), field(name, words)],
        )
        for name, shade, words in (
            ("without", GREY, "rows, negative or wrong"),
            ("with", BLUE, "rows, positive or right"),
        )
    ]
    return {
        "roc": layered(
            diagonal(), band(fpr, "low", "high"), line(fpr, tpr), grabbed(fpr, tpr), now(fpr, tpr)
        ),
        "pr": layered(
            of(
                "chance", {"type": "rule", "color": GREY, "strokeDash": [3, 3]}, y=field("share", "precision")
            ),
            band(recall, "below", "above", interpolate="step-before"),
            line(recall, precision, interpolate="step-before"),
            grabbed(recall, precision),
            now(recall, precision),
        ),
        "cost": layered(line(at, cost, interpolate="step-after"), grabbed(at, cost), at_threshold(at)),
        "reliability": layered(
            diagonal(),
            of("bins", {"type": "rule", "color": BLUE}, x=p, y=field("low"), y2={"field": "high"}),
            of(
                "bins",
                {"type": "line", "point": {"filled": True, "color": BLUE}, "color": BLUE},
                x=p,
                y=observed,
                tooltip=[field("probability"), field("observed"), field("rows")],
            ),
            at_threshold(marker),
        ),
        "scores": layered(*bars, at_threshold(field("at", "score", scale=UNIT))),
        "predicted": layered(
            of(
                "cells",
                {"type": "rect", "tooltip": True},
                x=field("truth", "true value", scale={"zero": False}),
                x2={"field": "truth2"},
                y=field("predicted", "predicted value", scale={"zero": False}),
                y2={"field": "predicted2"},
                color=field("rows", scale={"type": "log", "scheme": "viridis"}),
            )
        ),
        "residuals": layered(
            of(
                "points",
                {"type": "line", "color": BLUE, "point": True},
                x=field("quantile", scale=UNIT),
                y=field("error", "predicted − true"),
            )
        ),
        "history": by_epoch(),
    }


def by_epoch() -> Spec:
    """A metric of a run: a line and a band for each split, the best epoch, and those like it."""
    colours = {"range": [BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00"]}
    split = field("split", kind="nominal", scale=colours, legend={"orient": "bottom", "title": None})
    whole = {"format": "d", "tickMinStep": 1}
    x = field("epoch", scale={"zero": False, "nice": False}, axis=whole)
    value = field("value", scale={"zero": False})
    tips = [field("epoch"), field("split", kind="nominal"), field("value"), field("low"), field("high")]
    return layered(
        of(
            "alike",
            {"type": "rect", "color": GREY, "opacity": 0.15, "clip": True},
            x=field("from"),
            x2={"field": "to"},
        ),
        of("bands", {"type": "area", "opacity": 0.2}, x=x, y=field("low"), y2={"field": "high"}, color=split),
        of("points", {"type": "line"}, x=x, y=value, color=split),
        of("points", {"type": "point", "filled": True, "size": 20}, x=x, y=value, color=split, tooltip=tips),
        of("best", {"type": "point", "filled": True, "size": 110}, x=x, y=value, color=split),
    )


def compiled() -> str:
    """The specifications of the charts in Vega, as the page has them."""
    import vl_convert

    found: dict[str, Any] = {}
    for name, spec in specifications().items():
        vega = vl_convert.vegalite_to_vega(spec, vl_version="6.4")
        chosen = {part["name"] for part in vega["data"] if MARKED & {part["name"], part.get("source")}}
        for scale in vega["scales"]:  # what is marked is one of the points, or there is none
            domain = scale["domain"]
            fields = domain.get("fields", ()) if isinstance(domain, dict) and "data" not in domain else ()
            of_points = [part for part in fields if part["data"] not in chosen]
            if of_points:
                domain["fields"] = of_points
        for axis in vega["axes"]:
            if "title" in axis:
                axis["title"] = TITLES[name][axis["orient"] == "left"]
        _only_points_answer(vega["marks"])
        found[name] = {key: value for key, value in vega.items() if key not in ("$schema", "background")}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _only_points_answer(marks: list[dict[str, Any]]) -> None:
    """A line or an area is one item, which has the datum of its first point."""
    for mark in marks:
        if mark["type"] in ("line", "area", "rule"):
            mark["interactive"] = False
        _only_points_answer(mark.get("marks", []))


def copy_libraries(modules: Path) -> None:
    """Vega as it is published, and its interpreter of expressions as a name of the page."""
    for package in ("vega", "vega-interpreter"):
        text = (modules / package / "build" / f"{package}{'.min' * (package == 'vega')}.js").read_text(
            "utf-8"
        )
        if package != "vega":
            kept = [row for row in text.splitlines() if not row.startswith(("import ", "export ", "//#"))]
            body = "\n".join(kept).strip()
            text = (
                "const evalcliInterpreter = (() => {\n"
                "const { ascending, isString, DisallowedObjectProperties } = vega;\n"
                f"{body}\nreturn expression;\n}})();\n"
            )
        (WEB / f"{package}.js").write_text(text, encoding="utf-8")
    licence = (modules / "vega" / "LICENSE").read_text("utf-8")
    (WEB / "LICENSE-vega.txt").write_text(licence, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        copy_libraries(Path(sys.argv[1]))
    (WEB / "charts.json").write_text(compiled(), encoding="utf-8")
