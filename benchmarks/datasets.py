"""Make the files that are scored, the same in every run: ``python datasets.py NAME...``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from cases import DATA, FILES, FREE, PROGRAM

SLICES, PART, PIECE, EPOCH = 20, 20_000, 1_000_000, 10_000


def labelled(name: str, rows: int, classes: int) -> None:
    """Scores of one file, and labels as integers in a CSV of their own."""
    predictions, labels = FILES[name]
    rng = np.random.default_rng(0)
    y = rng.integers(0, classes, rows)
    table = pa.table(binary(rng, y) if classes == 2 else multiclass(rng, y, classes))
    (pc.write_csv if predictions.suffix == ".csv" else pq.write_table)(table, predictions)
    pc.write_csv(pa.table({"label": y}), labels)


def binary(rng: np.random.Generator, y: np.ndarray) -> dict[str, np.ndarray]:
    """The probability of the second class."""
    logits = rng.normal(size=len(y)) * 1.5 + (2 * y - 1)
    return {"prob_1": (1 / (1 + np.exp(-logits))).astype(np.float32)}


def multiclass(rng: np.random.Generator, y: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Probabilities of classes, made a few rows at a time."""
    p = np.empty((len(y), classes), np.float32)
    for start in range(0, len(y), 20_000):
        part = slice(start, start + 20_000)
        z = rng.normal(size=p[part].shape)
        z[np.arange(len(z)), y[part]] += 2
        e = np.exp(1.5 * z)
        p[part] = e / e.sum(axis=1, keepdims=True)
    return {f"prob_{j}": np.ascontiguousarray(p[:, j]) for j in range(classes)}


def streamed(name: str, rows: int, classes: int) -> None:
    """Scores and labels in one file, which is never held as a whole."""
    rng = np.random.default_rng(0)
    writer: pq.ParquetWriter | None = None
    for _ in range(0, rows, PIECE):
        y = rng.integers(0, classes, PIECE)
        columns = binary(rng, y) if classes == 2 else multiclass(rng, y, classes)
        table = pa.table({"label": y.astype(np.uint8), **columns})
        writer = writer or pq.ParquetWriter(FILES[name][0], table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def regression() -> None:
    """Positive values, so that every deviance is defined."""
    rng = np.random.default_rng(0)
    truth = rng.gamma(2.0, 50.0, 10_000_000)
    guess = truth * rng.gamma(20.0, 1 / 20, len(truth))
    pq.write_table(pa.table({"y_true": truth, "y_pred": guess}), FILES["regression"][0])


def sliced(name: str, slices: int) -> None:
    """Labels of the ten classes beside the slice that each row is in."""
    labels = pc.read_csv(FILES["multiclass"][1])
    part = np.random.default_rng(2).integers(0, slices, len(labels))
    names = pa.array([f"part {j}" for j in range(slices)]).take(pa.array(part))
    pc.write_csv(labels.append_column("part", names), FILES[name][0])


def joined() -> None:
    """Ten million ids, and labels of the same ids in order and in disorder."""
    predictions, shuffled, ordered = FILES["joined"]
    scores, labels = FILES["binary"]
    y = pc.read_csv(labels).column(0).to_numpy()
    order = np.random.default_rng(1).permutation(len(y))
    pq.write_table(pq.read_table(scores).append_column("id", pa.array(np.arange(len(y)))), predictions)
    pc.write_csv(pa.table({"id": order, "label": y[order]}), shuffled)
    pc.write_csv(pa.table({"id": np.arange(len(y)), "label": y}), ordered)


def part() -> None:
    """The first rows of the ten classes."""
    for (source, copy), read, write in zip(
        zip(FILES["multiclass"], FILES["part"], strict=True),
        (pq.read_table, pc.read_csv),
        (pq.write_table, pc.write_csv),
        strict=True,
    ):
        write(read(source).slice(0, PART), copy)


def other(name: str) -> None:
    """A second model on the same rows, which agrees with the first one mostly."""
    first, (path,) = FILES[name][0], FILES[f"{name}_other"]
    text = first.suffix == ".csv"
    table = pc.read_csv(first) if text else pq.read_table(first)
    p = np.stack([column.to_numpy() for column in table.columns], axis=1).astype(np.float64)
    p **= 1 + 0.2 * np.random.default_rng(3).random(p.shape)
    p /= p.sum(axis=1, keepdims=True)
    columns = {name: p[:, j].astype(np.float32) for j, name in enumerate(table.column_names)}
    (pc.write_csv if text else pq.write_table)(pa.table(columns), path)


def epochs() -> None:
    """A run that learns, and from its middle on fits its own noise."""
    labels, *paths = FILES["epochs"]
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, EPOCH)
    np.save(labels, y)
    base, away = rng.normal(size=(2, EPOCH, 10))
    for epoch, path in enumerate(paths, 1):
        noise = base + 0.25 * rng.normal(size=base.shape) + 0.05 * max(epoch - 8, 0) * away
        z = (1 + 0.08 * epoch) * (noise + 2.2 * (1 - np.exp(-epoch / 4)) * np.eye(10)[y])
        e = np.exp(z - z.max(axis=1, keepdims=True))
        np.save(path, (e / e.sum(axis=1, keepdims=True)).astype(np.float32))


def states() -> None:
    """What 64 parts of the ten classes leave, counted in bins."""
    table = pq.read_table(FILES["multiclass"][0])
    labels = pc.read_csv(FILES["multiclass"][1])
    rows = -(-table.num_rows // len(FILES["states"]))
    part = FILES["states"][0].with_name("a_part.parquet")
    for number, path in enumerate(FILES["states"]):
        some = table.slice(number * rows, rows)
        for name, column in zip(labels.column_names, labels.slice(number * rows, rows).columns, strict=True):
            some = some.append_column(name, column)
        pq.write_table(some, part)
        words = (
            PROGRAM,
            "score",
            part,
            "--ranking",
            "certified",
            "--state",
            path,
            "--first-row",
            number * rows,
        )
        subprocess.run([*map(str, words), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    part.unlink()


def as_text() -> None:
    """The ten classes as CSV."""
    pc.write_csv(pq.read_table(FILES["multiclass"][0]), FILES["text"][0])


MAKERS: dict[str, Callable[[], None]] = {
    "small": lambda: labelled("small", 1_000, 10),
    "multiclass": lambda: labelled("multiclass", 2_000_000, 10),
    "binary": lambda: labelled("binary", 10_000_000, 2),
    "wide": lambda: labelled("wide", 50_000, 1_000),
    "regression": regression,
    "sliced": lambda: sliced("sliced", SLICES),
    "sliced_1000": lambda: sliced("sliced_1000", 1_000),
    "joined": joined,
    "part": part,
    "small_other": lambda: other("small"),
    "multiclass_other": lambda: other("multiclass"),
    "part_other": lambda: other("part"),
    "text": as_text,
    "epochs": epochs,
    "states": states,
    "binary_100m": lambda: streamed("binary_100m", 100_000_000, 2),
    "multiclass_20m": lambda: streamed("multiclass_20m", 20_000_000, 10),
}
"""Each after those that it is made from."""


def missing(names: list[str]) -> Iterator[str]:
    """Names of what is not there yet."""
    for name in names:
        if not all(path.exists() for path in FILES[name]):
            yield name


def main(*names: str) -> None:
    """Make what is missing; a file appears under its name when it is whole."""
    DATA.mkdir(exist_ok=True)
    for name in missing([name for name in MAKERS if name in names]):
        if shutil.disk_usage(DATA).free < FREE.get(name, 0):
            print(f"{name}: not made, for want of disk space", file=sys.stderr)
            continue
        final = FILES[name]
        FILES[name] = tuple(path.with_name(f"new_{path.name}") for path in final)
        MAKERS[name]()
        for new, path in zip(FILES[name], final, strict=True):
            new.replace(path)
        FILES[name] = final


if __name__ == "__main__":
    main(*sys.argv[1:])
