from __future__ import annotations

from typing import Any

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from support.command_line import Save


def values(options: Options) -> dict[str, float | None]:
    return {name: found.value for name, found in score(options).metrics.items()}


def scored(save: Save, predictions: Any, truth: Any, metrics: str = "all", **more: Any) -> dict[str, Any]:
    return values(
        Options(
            str(save("p.npy", predictions)),
            labels=str(save("y.npy", truth)),
            metrics=tuple(metrics.split(",")),
            **more,
        )
    )
