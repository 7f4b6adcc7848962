"""trackio keeps a store of its own, and wandb files of records, which its reader gives back."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import evalcli
from support.command_line import Cli
from support.training import words, written


@pytest.mark.long
def test_trackio(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", epochs=2)
    done = subprocess.run(
        [sys.executable, "-m", "evalcli", *words(folder), "--log", "trackio:digits", "--format", "json"],
        env={**os.environ, "TRACKIO_DIR": str(tmp_path / "t"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        check=True,
    )
    history = json.loads(done.stdout)  # nothing else is printed there
    (path,) = (tmp_path / "t").glob("*.db")
    with sqlite3.connect(path) as store:
        rows = [(step, json.loads(text)) for step, text in store.execute("select step, metrics from metrics")]
    found = {step: row["validation/f1_macro"] for step, row in rows if "validation/f1_macro" in row}
    known = {e["epoch"]: e["metrics"]["f1_macro"]["value"] for e in history["epochs"] if e["split"] == "val"}
    assert found == pytest.approx(known)
    assert any("train/confusion" in row for _, row in rows)


PATIENCE = 20


def _records(data: bytes) -> Iterator[bytes]:
    """The records of a log in the form of LevelDB: blocks of 32 KiB, parts with checksum, length and kind."""
    block, place, whole = 32768, 7, b""  # after a head of 7 bytes
    while place + 7 <= len(data):
        if block - place % block < 7:
            place += block - place % block
            continue
        _, size, kind = struct.unpack("<IHB", data[place : place + 7])
        whole += data[place + 7 : place + 7 + size]
        place += 7 + size
        if kind in (1, 4):  # whole, or the last part
            yield whole
            whole = b""


def _values(data: bytes, name: str) -> dict[int, float]:
    """A metric by step."""
    record = import_module("wandb.proto.wandb_internal_pb2").Record
    found: dict[int, float] = {}
    for part in _records(data):
        message = record()
        message.ParseFromString(part)
        items = {"/".join(i.nested_key) or i.key: json.loads(i.value_json) for i in message.history.item}
        if name in items:
            found[items["_step"]] = items[name]
    return found


def test_wandb_offline(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_SILENT", "true")
    folder = written(tmp_path / "run", epochs=2)
    result = cli(*words(folder), "--log", "wandb:digits", "--format", "json")
    assert result.code == 0
    (path,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    found: dict[int, float] = {}
    end = time.monotonic() + PATIENCE
    while len(found) < 2 and time.monotonic() < end:  # another process writes the file
        found = _values(path.read_bytes(), "validation/f1_macro")
    known = [e["metrics"]["f1_macro"]["value"] for e in result.json["epochs"] if e["split"] == "val"]
    assert found == pytest.approx(dict(enumerate(known, 1)))


def test_the_steps_of_a_run_of_the_program_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WANDB_MODE", "offline"), ("WANDB_DIR", str(tmp_path)), ("WANDB_SILENT", "true")):
        monkeypatch.setenv(name, value)
    folder = written(tmp_path / "run", epochs=1)
    report = evalcli.score(f"{folder}/val/epoch-1.npy", labels=f"{folder}/val/y.npy", curves="default")
    wandb = import_module("wandb")
    own = wandb.init(project="mine")
    for step in range(5):
        own.log({"loss": 1.0 / (step + 1)})
    report.log("wandb", 2)
    assert wandb.run is own
    own.log({"loss": 0.1})
    assert own.summary["evalcli_step"] == 2 and own.summary["accuracy"] == report["accuracy"].value
    own.finish()
