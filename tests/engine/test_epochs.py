from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalcli.engine.epochs import Tracked, jobs_of
from evalcli.engine.track import track
from evalcli.errors import InputError, UsageError
from evalcli.inputs.options import Options
from evalcli.inputs.patterns import pattern_of
from support.training import LABELS, PATTERN, written
from support.training_table import as_table

COLUMNS = {"epoch": "epoch", "split": "split"}


def _tracked(path: str, labels: str | None = None, columns: dict[str, str] | None = None) -> Tracked:
    return Tracked(
        pattern_of(path), None if labels is None else pattern_of(labels), Options(path), columns=columns or {}
    )


@pytest.mark.parametrize("shuffled", [None, 0])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_long_table_is_what_its_epochs_are_in_files(
    tmp_path: Path, form: str, shuffled: int | None
) -> None:
    """Also where the rows of epochs are in other orders: they are paired by id."""
    folder = written(tmp_path, epochs=4, rows=120)
    files = _tracked(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")
    known = track(files, jobs_of(files))
    table, path = as_table(folder, shuffled), str(tmp_path / f"long.{form}")
    table.to_csv(path, index=False) if form == "csv" else table.to_parquet(path, index=False)
    long = _tracked(path, columns=COLUMNS)
    found = track(long, jobs_of(long))
    assert [epoch.key for epoch in found.epochs] == [epoch.key for epoch in known.epochs]
    for one, other in zip(found.epochs, known.epochs, strict=True):
        for name, score in other.metrics.items():
            assert one.metrics[name].value == pytest.approx(score.value, abs=1e-12), name
    assert found.best is not None and known.best is not None and found.best.paired
    assert (found.best.epoch, found.best.take, found.best.alike) == (
        known.best.epoch,
        known.best.take,
        known.best.alike,
    )


def test_a_table_for_each_split(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=60)
    for split, part in as_table(folder).groupby("split"):
        part.drop(columns="split").to_csv(tmp_path / f"{split}.csv", index=False)
    tracked = _tracked(f"{tmp_path}/{{split}}.csv", columns={"epoch": "epoch"})
    assert [(job.epoch, job.split) for job in jobs_of(tracked)] == [
        (n, split) for n in (1, 2) for split in ("train", "val")
    ]


def test_labels_of_a_long_table_may_be_apart(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=60)
    table = as_table(folder, 1)
    table.drop(columns="label").to_parquet(tmp_path / "long.parquet", index=False)
    for split, part in table[table.epoch == 1].groupby("split"):
        part[["id", "label"]].to_csv(tmp_path / f"{split}.csv", index=False)
    tracked = _tracked(f"{tmp_path}/long.parquet", f"{tmp_path}/{{split}}.csv", COLUMNS)
    found = track(tracked, jobs_of(tracked))
    files = _tracked(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")
    for one, other in zip(found.epochs, track(files, jobs_of(files)).epochs, strict=True):
        assert one.metrics["accuracy"].value == other.metrics["accuracy"].value


def test_only_a_table_that_has_changed_is_scored_again(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=60)
    path = tmp_path / "long.csv"
    as_table(folder).to_csv(path, index=False)
    tracked, told = _tracked(str(path), columns=COLUMNS), []
    first = track(tracked, jobs_of(tracked))
    track(tracked, jobs_of(tracked), first, on_epoch=lambda _, is_new: told.append(is_new))
    assert told == [False] * 4
    as_table(written(folder, epochs=3, rows=60)).to_csv(path, index=False)
    again = track(tracked, jobs_of(tracked), first, on_epoch=lambda _, is_new: told.append(is_new))
    assert told[4:] == [True] * 6 and len(again.epochs) == 6


def test_columns_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    table = as_table(written(tmp_path, epochs=2, rows=20))
    table.to_csv(tmp_path / "long.csv", index=False)
    path = str(tmp_path / "long.csv")
    with pytest.raises(UsageError, match="no column 'epok'"):
        jobs_of(_tracked(path, columns={"epoch": "epok"}))
    with pytest.raises(InputError, match="training and validation are in one table"):
        jobs_of(_tracked(path, columns={"epoch": "epoch"}))
    with pytest.raises(InputError, match="not the number of an epoch"):
        jobs_of(_tracked(path, columns={"epoch": "prob_0", "split": "split"}))
    with pytest.raises(UsageError, match="already"):
        jobs_of(_tracked(f"{tmp_path}/{PATTERN}", columns={"epoch": "epoch"}))
    with pytest.raises(UsageError, match="no field"):
        jobs_of(_tracked(path))
    table.loc[3, "epoch"] = np.nan
    table.to_csv(path, index=False)
    with pytest.raises(InputError, match="not the number of an epoch"):
        jobs_of(_tracked(path, columns=COLUMNS))


def test_labels_of_all_splits_in_one_file_are_parted_alike(tmp_path: Path) -> None:
    """Also where the ids of a split are those of another."""
    folder = written(tmp_path, epochs=2, rows=60)
    table = as_table(folder, 1)
    table["id"] = table["id"].str[-4:]
    table.drop(columns="label").to_parquet(tmp_path / "long.parquet", index=False)
    table[table.epoch == 1][["split", "id", "label"]].to_csv(tmp_path / "labels.csv", index=False)
    tracked = _tracked(f"{tmp_path}/long.parquet", f"{tmp_path}/labels.csv", COLUMNS)
    found = track(tracked, jobs_of(tracked))
    files = _tracked(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")
    for one, other in zip(found.epochs, track(files, jobs_of(files)).epochs, strict=True):
        assert one.metrics["accuracy"].value == other.metrics["accuracy"].value
    assert found.best is not None and found.best.paired


def test_an_epoch_that_was_written_twice_is_refused(tmp_path: Path) -> None:
    table = as_table(written(tmp_path, epochs=3, rows=30))
    path = tmp_path / "long.csv"
    pd.concat([table, table[table.epoch == 2]]).to_csv(path, index=False)
    tracked = _tracked(str(path), columns=COLUMNS)
    with pytest.raises(InputError, match="epoch 2 of train has rows twice: 30 rows repeat"):
        track(tracked, jobs_of(tracked))


def test_rows_without_a_split_are_refused(tmp_path: Path) -> None:
    table = as_table(written(tmp_path, epochs=2, rows=20))
    table.loc[4, "split"] = None
    table.to_csv(tmp_path / "long.csv", index=False)
    with pytest.raises(InputError, match="not the name of a split") as raised:
        jobs_of(_tracked(f"{tmp_path}/long.csv", columns=COLUMNS))
    assert "row 5" in str(raised.value.where)


def test_other_fields_do_not_make_epochs_apart(tmp_path: Path) -> None:
    for seed in (1, 2):
        written(tmp_path / f"s{seed}", epochs=1, rows=20)
    with pytest.raises(InputError, match="several values of") as raised:
        jobs_of(_tracked(f"{tmp_path}/{{seed}}/{PATTERN}"))
    assert f"{tmp_path}/s1/{PATTERN}" in str(raised.value.hint)
