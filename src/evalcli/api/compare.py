"""Comparisons of models on the same rows, from files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Unpack

from msgspec import Struct
from msgspec.structs import replace

from evalcli.api.errors import as_arguments
from evalcli.api.options import (
    Metrics,
    PairOptions,
    Path_,
    Paths,
    options_from,
    paths_of,
    require_known,
    writer_of,
)
from evalcli.api.plots import Pictures
from evalcli.api.report import log, save
from evalcli.definitions import COST
from evalcli.engine.compare import Compared
from evalcli.engine.compare import compare as compare_files
from evalcli.engine.merge_comparisons import merge_comparisons
from evalcli.engine.models import models_of
from evalcli.engine.stored import compare_stored
from evalcli.engine.stored_results import results_in, states_of_comparisons
from evalcli.errors import UsageError
from evalcli.findings import omit
from evalcli.gate.changes import compare_rules
from evalcli.inputs.options import Options
from evalcli.renderers.formats import render
from evalcli.renderers.tables import View
from evalcli.report import comparison
from evalcli.report.comparison import FlippedRows
from evalcli.text import join_names

OWN = (
    *("labels", "metrics", "by", "not_worse", "better", "max_broken", "detect", "model", "no_correction"),
    "state",
)


class Comparison(comparison.Comparison, Struct, frozen=True):
    """Models on the same rows: ``against`` (changes, flips, power), ``rules``, ``verdict``, ``alike``.

    ``comparison["f1_macro"]`` is the change of a metric: ``change``, ``interval``, ``p``, ``adjusted``,
    ``meaning``; of a further model ``comparison.find("f1_macro", "c.csv")``.
    """

    _compared: Compared | None = None

    @classmethod
    def of(cls, found: Compared) -> Comparison:
        """The same, with the rows that flipped."""
        fields = {name: getattr(found.comparison, name) for name in found.comparison.__struct_fields__}
        return cls(**fields, _compared=found)

    @classmethod
    def of_stored(cls, found: comparison.Comparison) -> Comparison:
        """Of stored reports or states, which have no rows."""
        return cls(**{name: getattr(found, name) for name in found.__struct_fields__})

    def __getitem__(self, metric: str) -> comparison.Change:
        try:
            return self.find(metric)
        except KeyError:
            known = join_names([change.metric for change in self.against[0].changes], 30)
            raise KeyError(f"{metric}; there are {known}") from None

    def broken(self) -> dict[str, FlippedRows]:
        """Rows that were right and are wrong now, by model, the most confident first."""
        return self._flipped(False)

    def fixed(self) -> dict[str, FlippedRows]:
        """Rows that were wrong and are right now."""
        return self._flipped(True)

    def _flipped(self, fixed: bool) -> dict[str, FlippedRows]:
        if self._compared is None:
            raise ValueError("stored results have no rows: compare the predictions for those that flip")
        return dict(self._compared.flipped(fixed))

    def to_text(self) -> str:
        """Tables, as ``evalcli compare`` prints them."""
        return render(self, "table", View()).decode()

    def to_markdown(self) -> str:
        """Tables for GitHub."""
        return render(self, "markdown", View()).decode()

    @property
    def plot(self) -> Pictures:
        """Pictures by name: ``.plot.NAME(ax=axes)`` draws, ``.plot.NAME.frame()`` is the data."""
        return Pictures(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file by its suffix: JSON, which ``evalcli show`` reads, text, Markdown, CSV..."""
        save(self, path)

    def log(self, tracker: str, step: int = 0) -> None:
        """Log the values of each model and pictures to a tracker, as ``--log`` does."""
        log(self, tracker, step)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Comparison: {' and '.join(model.name for model in self.models)}, {self.rows:,} rows>"


def compare(
    old: Path_,
    *new: Path_,
    labels: Paths | None = None,
    metrics: Metrics = "default",
    by: str | Sequence[str] = (),
    not_worse: Mapping[str, float | str] | None = None,
    better: str | Sequence[str] = (),
    max_broken: float | str | Sequence[str] | None = None,
    detect: Mapping[str, float] | None = None,
    model: Mapping[str, str] | None = None,
    no_correction: bool = False,
    state: str | PathLike[str] | None = None,
    **options: Unpack[PairOptions],
) -> Comparison:
    """Compare files of predictions with the first one, row by row, as ``evalcli compare`` does.

    ``not_worse``: margins by metric, {"accuracy": 0.005} or {"accuracy": "0.5%"} of its value. ``better``:
    metrics that must be better. ``max_broken``: largest share of the rows that were right, also
    ["cat=1%", "@each=2%"]. ``by``: columns whose values are compared separately. ``detect``: changes of which
    the report says how many rows would show them. ``model``: columns of each model in one file. ``state``:
    file for the sums of this comparison. Files of such sums are added up, and are the comparison of the rows
    of all; stored reports are put side by side. Raises an ``EvalcliError`` for every error that the user can
    fix.
    """
    require_known(options, "compare", PairOptions, OWN)
    files = [paths_of(path) for path in (old, *new)]
    if any(not isinstance(path, str) for path in files):
        raise TypeError("compare() takes the file of each model by name: compare(old, new, newer)")
    sums = [] if model else states_of_comparisons([str(path) for path in files])
    if len(files) < 2 and not model and not sums:
        raise TypeError(
            "compare() takes two or more files, or one with model={'old': 'old_*', 'new': 'new_*'}"
        )
    given = {"labels": None if labels is None else paths_of(labels), "metrics": metrics, "by": by, **options}
    shares = max_broken if isinstance(max_broken, (list, tuple)) else [max_broken]
    with as_arguments():
        read = {"predictions": tuple(map(str, files)), "stored": state is not None, **given}
        made = options_from(read, "compare")
        rules = compare_rules(
            [f"{name}={amount}" for name, amount in (not_worse or {}).items()],
            [better] if isinstance(better, str) else list(better),
            [str(share) for share in shares if share is not None],
            [f"{name}={amount}" for name, amount in (detect or {}).items()],
            [definition.name for definition in made.define] + ([COST] if made.cost_matrix else []),
        )
        columns = [f"{name}={columns}" for name, columns in (model or {}).items()]
        on_state = writer_of(state, [old, *new], labels)
        how: dict[str, Any] = {"rules": rules, "corrected": not no_correction}
        return _found(made, columns, sums, on_state, how)


def _found(
    made: Options,
    columns: Sequence[str],
    sums: Sequence[str],
    on_state: Callable[[bytes], None] | None,
    how: Mapping[str, Any],
) -> Comparison:
    """The comparison of files of predictions, of states of comparisons, or of stored reports."""
    plain = Options(made.predictions, jobs=made.jobs)
    if sums:
        _require_nothing_of_rows(replace(made, stored=False), plain, "states")
        return Comparison.of_stored(merge_comparisons(sums, jobs=made.jobs, on_state=on_state, **how))
    stored = None if columns else results_in(made.files)
    if stored is not None:
        _require_nothing_of_rows(made, plain, "reports")
        return Comparison.of_stored(compare_stored(stored, **how))
    return Comparison.of(compare_files(models_of(made, columns), on_state=on_state, **how))


def _require_nothing_of_rows(made: Options, plain: Options, what: str) -> None:
    """Refuse options that stored results cannot follow."""
    given = [name for name in Options.__struct_fields__ if getattr(made, name) != getattr(plain, name)]
    if given:
        name = "state" if given[0] == "stored" else given[0]
        raise UsageError(f"stored {what} have no rows, which {name} is about", hint=omit(name))


__all__ = ["Comparison", "compare"]
