"""MLflow: a run of the active tracking URI, with metrics by step, pictures and the whole report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from evalcli.errors import UsageError
from evalcli.findings import use
from evalcli.sinks.sink import Draw, tags
from evalcli.text import escape

AT_ONCE = 1000
"""Metrics of one request, as many as a server takes."""


class MLflow:
    """The run that the program began, or that MLFLOW_RUN_ID names, is continued; else there is a new one."""

    def __init__(self, experiment: str, name: str) -> None:
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        self._library: Any = import_module("mlflow")
        self._is_own = self._library.active_run() is None
        if experiment and not self._is_own:
            raise UsageError(
                f"--log mlflow:{escape(experiment)}: a run is active, which its values belong to",
                hint=use(log="mlflow"),
            )
        if self._is_own:
            if experiment:
                self._library.set_experiment(experiment)
            self._library.start_run(run_name=name)

    def log(self, step: int, split: str, values: Mapping[str, float], figures: Mapping[str, Draw]) -> None:
        """Log metrics as ``split/name``, and pictures as artifacts by split and step."""
        head = f"{next(tags([(split,)]))}/" if split else ""
        named = [(f"{head}{name}", value) for name, value in values.items()]
        for start in range(0, len(named), AT_ONCE):
            self._library.log_metrics(dict(named[start : start + AT_ONCE]), step=step)
        for name, drawn in figures.items():
            self._library.log_figure(drawn(), f"{name}/{head}{step:05d}.png")

    def close(self, name: str, document: Callable[[], bytes]) -> None:
        """Keep the report as an artifact, and end the run."""
        self._library.log_text(document().decode(), name)
        if self._is_own:
            self._library.end_run()

    def abandon(self) -> None:
        """End the run as one that failed."""
        if self._is_own:
            self._library.end_run("FAILED")


def open_sink(kind: str, place: str, name: str, whole: bool) -> MLflow:
    """A run of an experiment; without a name, of the active one."""
    return MLflow(place, name)
