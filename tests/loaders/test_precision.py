"""Which numbers in text were 32-bit floats, and that a text file then gives the figures of the float file."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import Array
from evalcli.loaders import delimited
from evalcli.loaders.open import open_source
from evalcli.loaders.precision import are_narrow, narrow_columns, narrowed, spread_values
from support.command_line import Cli

WIDE = np.random.default_rng(3).dirichlet(np.ones(4) / 2, 300).T
NARROW = WIDE.astype(np.float32)


def narrow(columns: Sequence[Array], names: Sequence[str] | None = None) -> list[bool]:
    """Which columns were float32; all belong together unless they have names."""
    return narrow_columns(columns, names or [f"p{j}" for j in range(len(columns))])


def as_read(values: Array, form: Callable[[float], str]) -> list[Array]:
    """The numbers of a text file that was written with a form."""
    return [np.array([float(form(value)) for value in column]) for column in values]


@pytest.mark.parametrize(
    "form",
    [str, "{:.9g}".format, "{:.18e}".format, lambda v: repr(float(v)), "{:.8e}".format],
    ids=["shortest", "nine digits", "exact", "exact repr", "nine digits, exponent"],
)
def test_text_of_float32(form: Callable[[float], str]) -> None:
    columns = as_read(NARROW, form)
    assert narrow(columns) == [True] * 4
    assert are_narrow(columns) == [True] * 4
    for column, written in zip(columns, NARROW, strict=True):
        assert (column.astype(np.float32) == written).all()


@pytest.mark.parametrize(
    "form", [repr, *(f"{{:.{n}}}".format for n in ("2f", "4f", "6f", "7g", "8g", "9g", "8f"))]
)
def test_other_text(form: Callable[[float], str]) -> None:
    assert narrow(as_read(WIDE, lambda v: form(float(v)))) == [False] * 4


def test_decimals_that_float32_also_prints_are_no_evidence() -> None:
    assert narrow([np.full(1000, 0.1), np.linspace(0, 1, 1000).round(3)]) == [False, False]
    assert narrow([np.arange(1000.0), np.arange(1e7, 1e7 + 1000)]) == [False, False]
    assert narrow([np.float64(NARROW[0][:8])]) == [False], "too few"
    assert narrow([]) == []
    assert narrow([np.empty(0)]) == [False]
    assert are_narrow([]) == [] and are_narrow([np.empty(0)]) == [True]


@pytest.mark.parametrize(("most", "places"), [(131_072, 2), (1024, 4), (128, 5), (16, 6), (16, 5), (1, 7)])
def test_a_grid_of_decimals_as_wide_as_the_distance_of_floats_is_no_evidence(most: int, places: int) -> None:
    values = np.random.default_rng(places).uniform(most / 16, most, 3000)
    assert narrow(as_read(values[None, :], lambda v: f"{v:.{places}f}")) == [False]
    assert narrow(as_read(values[None, :].round(places), lambda v: str(np.float32(v)))) == [False]


@pytest.mark.parametrize("most", [1e-6, 1.0, 16.0, 1e5])
def test_floats_of_any_size_have_evidence(most: float) -> None:
    values = np.random.default_rng(0).uniform(-most, most, 300).astype(np.float32)
    assert narrow(as_read(values[None, :], str)) == [True]


def test_a_column_is_read_alike_whatever_is_beside_it() -> None:
    cents = np.random.default_rng(1).uniform(1e4, 1e5, NARROW.shape[1]).round(2)
    for beside in (NARROW[0].astype(np.float64), WIDE[0]):
        columns = [*as_read(np.stack([beside.astype(np.float32)]), str), cents]
        assert narrow(columns, ["prediction", "label"]) == [True, False]


def test_columns_beside_those_with_evidence() -> None:
    n = NARROW.shape[1]
    columns = as_read(NARROW[:2], str)
    gaps = np.where(np.arange(n) % 5, columns[0], np.nan)
    others = [np.zeros(n), np.full(n, np.nan), gaps, np.full(n, 0.1), np.arange(n) / 1.0, WIDE[0]]
    assert narrow([*columns, *others]) == [True, True, True, True, True, False, False, False]
    infinite = np.where(np.arange(n) % 7, columns[0], -np.inf)
    assert narrow([infinite]) == [True]
    assert narrow([np.append(columns[0], 1e300)]) == [False], "too large"


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=20))
def test_every_float32_is_known_by_its_shortest_text(values: list[float]) -> None:
    normal = [v for v in np.array(values, np.float32) if v == 0 or not np.isfinite(v) or abs(v) > 1e-37]
    assert all(are_narrow(as_read(np.array([normal], np.float32), str)))


def test_order_and_ties_are_those_of_the_text() -> None:
    column = np.sort(np.unique(as_read(NARROW[:1], str)[0]))
    assert (np.diff(column.astype(np.float32)) > 0).all()


def test_narrowed() -> None:
    table = pa.table({"a": [0.1, None, 2.5], "b": [1.0, 2.0, 3.0]})
    found = narrowed(table, ["a"])
    assert found.schema.types == [pa.float32(), pa.float64()]
    assert np.array_equal(found["a"].to_numpy(), np.array([0.1, np.nan, 2.5], np.float32), equal_nan=True)
    assert [len(values) for values in spread_values(table, ["a", "b"], 3)] == [3, 3]


def labelled(values: Array) -> pa.Table:
    """Scores with labels, in a table."""
    y = np.arange(values.shape[1]) % 4
    return pa.table({"label": y} | {f"prob_{j}": column for j, column in enumerate(values)})


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_text_gives_the_figures_of_the_float32_file(cli: Cli, tmp_path: Path, suffix: str) -> None:
    scores = np.where(NARROW < 1e-3, np.float32(0), NARROW)
    scores /= scores.sum(axis=0)
    table = labelled(scores)
    pq.write_table(table, tmp_path / "p.parquet")
    pc.write_csv(table, tmp_path / "p.csv")
    path = tmp_path / f"p{suffix}"
    if suffix.endswith("gz"):
        path.write_bytes(gzip.compress((tmp_path / "p.csv").read_bytes()))
    wanted, found = (
        cli("score", file, "-m", "all", "--format", "json") for file in (tmp_path / "p.parquet", path)
    )
    for part in ("metrics", "per_class"):
        assert found.json[part] == wanted.json[part]
    source = open_source(str(path))
    assert source.types["prob_0"] == pa.float32()
    assert source.files[0].form.startswith("CSV with commas, float32")
    assert {batch.schema.field("prob_3").type for batch in source.batches(["prob_3"])} == {pa.float32()}
    assert {batch.schema.field(0).type for batch in source.batches(["prob_3"], ids=["prob_3"])} == {
        pa.string()
    }


def text_of(table: pa.Table, path: Path) -> Path:
    pc.write_csv(table, path)
    return path


def test_wider_numbers_further_down(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = text_of(labelled(np.tile(NARROW, 12)), tmp_path / "first.csv").read_text()
    rest = text_of(labelled(np.tile(WIDE, 12)), tmp_path / "rest.csv").read_text().partition("\n")[2]
    path = tmp_path / "p.csv"
    path.write_text(first + rest)
    monkeypatch.setattr(delimited, "PLACE_STEP", 1 << 14)
    assert open_source(str(path)).types["prob_0"] == pa.float64(), "seen before the pass"
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    report = cli("score", tmp_path / "p.csv.gz", "--format", "json").json
    assert "mixed-precision" in {note["code"] for note in report["notes"]}
    report = cli("score", tmp_path / "first.csv", "--format", "json").json
    assert "mixed-precision" not in {note["code"] for note in report["notes"]}


def test_files_of_different_precision_are_read_as_written(tmp_path: Path) -> None:
    text_of(labelled(NARROW), tmp_path / "a.csv")
    text_of(labelled(NARROW[:, :3]), tmp_path / "b.csv")
    both = open_source((str(tmp_path / "a.csv"), str(tmp_path / "b.csv")))
    rows = np.concatenate([batch.column(0).to_numpy() for batch in both.batches(["prob_0"])])
    assert rows[:3].tolist() == rows[-3:].tolist() == [float(str(value)) for value in NARROW[0, :3]]


def test_a_threshold_is_the_number_that_was_typed(cli: Cli, tmp_path: Path) -> None:
    scores = np.append(NARROW[0], np.float32(0.7))
    rows = "".join(f"{j % 2},{value}\n" for j, value in enumerate(scores))
    (tmp_path / "p.csv").write_text("label,score\n" + rows)
    at, above = (
        cli("score", tmp_path / "p.csv", "--threshold", threshold, "--format", "json").json
        for threshold in ("0.7", "0.7000001")
    )
    positives = [report["confusion_matrix"]["counts"] for report in (at, above)]
    assert sum(row[1] for row in positives[0]) == sum(row[1] for row in positives[1]) + 1
