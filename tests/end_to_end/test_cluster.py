"""Parts on a real cluster, which reads them from a real S3 server; and on processes of this machine."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from support.cluster import Cluster, cluster, wait_for_results
from support.command_line import Process, Result, assert_refused
from support.parts import assert_same_figures, compared, rows
from support.paths import ROOT
from support.s3 import SECRETS, bucket

pytestmark = pytest.mark.long

PARTS, EACH = 200, 40


@pytest.fixture(scope="module")
def table() -> Any:
    return rows("multiclass", PARTS * EACH)


@pytest.fixture(scope="module")
def s3(table: Any) -> Iterator[str]:
    """The options of an address of the server, whose bucket has the parts."""
    with bucket() as (options, put):
        for number in range(PARTS):
            stream = io.BytesIO()
            table.iloc[number * EACH : (number + 1) * EACH].to_parquet(stream)
            put(Key=f"parts/part-{number:03}.parquet", Body=stream.getvalue())
            if number < 5:
                put(Key=f"odd/part-{number}.parquet", Body=stream.getvalue()[: -30 if number == 3 else None])
        yield options


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), 3, **SECRETS) as found:
        yield found


@pytest.fixture(scope="module")
def whole(table: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report of one machine."""
    path = tmp_path_factory.mktemp("whole") / "whole.parquet"
    table.to_parquet(path)
    return path


def test_two_hundred_parts_with_a_worker_killed(
    s3: str, three: Cluster, whole: Path, process: Process
) -> None:
    """In the middle of the run; the report is that of one machine."""
    command = [sys.executable, "-m", "evalcli", "score", f"s3://bucket/parts/part-*.parquet?{s3}"]
    env = {**os.environ, **SECRETS, "PYTHONPATH": str(ROOT / "src")}
    running = subprocess.Popen(
        [*command, "--cluster", three.address, "-f", "json"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_results(three.address, 10)
    assert running.poll() is None
    three.workers[0].send_signal(signal.SIGKILL)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 0, err
    found = Result(0, out, err).json
    expected = process("score", whole, "-f", "json").json
    assert_same_figures(compared(found), compared(expected))
    assert len(found["input"]["predictions"]) == PARTS
    assert "key" not in str(found["input"]["predictions"])


@pytest.fixture
def by_id(table: Any, tmp_path: Path) -> tuple[Path, Path]:
    """Many parts by id, and the labels of all in one file."""
    numbered = table.assign(id=np.arange(len(table)) * 3 + 1)
    scores = ["id", *(name for name in numbered if name.startswith("prob_"))]
    for number, part in enumerate(np.array_split(np.arange(len(table)), 60)):
        numbered.iloc[part][scores].to_parquet(tmp_path / f"p-{number:02}.parquet", index=False)
    numbered[["id", "label"]].to_csv(tmp_path / "y.csv", index=False)
    return tmp_path / "p-*.parquet", tmp_path / "y.csv"


def begun(files: object, labels: object, address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "evalcli", "score", files, "--labels", labels, "--cluster", address]
    return subprocess.Popen(
        [*map(str, command), "--unweighted", "-f", "json"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_killed_that_had_the_labels(
    by_id: tuple[Path, Path], tmp_path: Path, process: Process
) -> None:
    """They are sent again, and the parts whose results died with it are scored again."""
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster", 2) as two:
        running = begun(*by_id, two.address)
        wait_for_results(two.address, 10)
        assert running.poll() is None
        two.workers[0].send_signal(signal.SIGKILL)
        out, err = running.communicate(timeout=200)
    assert running.returncode == 0, err
    expected = process("score", by_id[0], "--labels", by_id[1], "--unweighted", "-f", "json").json
    assert_same_figures(compared(Result(0, out, err).json), compared(expected))


def test_a_scheduler_that_dies(by_id: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster", 1) as one:
        running = begun(*by_id, one.address)
        wait_for_results(one.address, 3)
        one.scheduler.send_signal(signal.SIGKILL)
        _, err = running.communicate(timeout=100)
    assert running.returncode == 2, err
    assert "the scheduler of the cluster has gone" in err
    assert "Traceback" not in err


def test_a_damaged_part_is_named(s3: str, three: Cluster, process: Process) -> None:
    refused = process("score", f"s3://bucket/odd/?{s3}", "--cluster", three.address, **SECRETS)
    assert_refused(refused, "1 of 5 parts could not be scored", "s3://bucket/odd/part-3.parquet")


def test_the_sum_is_a_state(s3: str, three: Cluster, tmp_path: Path, process: Process) -> None:
    state = tmp_path / "sum.state"
    given = (f"s3://bucket/parts/part-00*.parquet?{s3}", "--cluster", three.address, "--state", state)
    scored = process("score", *given, "-f", "json", "--ranking", "certified", **SECRETS)
    merged = process("merge", state, "--expect", "10", "-f", "json")
    assert_same_figures(compared(merged.json), compared(scored.json))
    shown = process("show", state).out
    assert "state of 10 parts" in shown
    assert "row number among all parts" in shown


def test_labels_that_are_not_there(s3: str, three: Cluster, tmp_path: Path, process: Process) -> None:
    given = (f"s3://bucket/odd/part-0.parquet?{s3}", "--cluster", three.address)
    assert_refused(
        process("score", *given, "--labels", tmp_path / "y.csv", **SECRETS), "no such file", "y.csv"
    )


def test_credentials_that_are_missing(s3: str, process: Process) -> None:
    """Said as such, with what has them, and not as an address that is wrong."""
    kept = dict.fromkeys(SECRETS, "")
    denied = process(
        "score", f"s3://bucket/odd/part-0.parquet?{s3}", **{**kept, "AWS_EC2_METADATA_DISABLED": "true"}
    )
    assert_refused(denied, "the service refuses access", "set AWS_ACCESS_KEY_ID")
    missing = process("score", f"s3://bucket/none.parquet?{s3}", **SECRETS)
    assert_refused(missing, "no such file", "check the address")


def test_a_scheduler_that_does_not_answer(tmp_path: Path, process: Process) -> None:
    (tmp_path / "p.csv").write_text("label,score\n1,0.5\n0,0.25\n")
    began = time.monotonic()
    refused = process("score", tmp_path / "p.csv", "--cluster", "tcp://127.0.0.1:9")
    assert_refused(refused, "the scheduler of the cluster does not answer", "tcp://127.0.0.1:9")
    assert time.monotonic() - began < 60


def test_workers_without_this_release(tmp_path: Path, process: Process) -> None:
    """A worker that finds another package of this name."""
    other = tmp_path / "other" / "evalcli"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("__version__ = '0.0.1'\n")
    (tmp_path / "p.csv").write_text("label,score\n1,0.5\n0,0.25\n")
    with cluster(tmp_path, 1, PYTHONPATH=str(tmp_path / "other")) as old:
        refused = process("score", tmp_path / "p.csv", "--cluster", old.address)
    assert_refused(refused, "workers without evalcli", "127.0.0.1")


def test_processes_of_this_machine(table: Any, whole: Path, tmp_path: Path, process: Process) -> None:
    for number, part in enumerate(np.split(np.arange(len(table)), 8)):
        table.iloc[part].to_parquet(tmp_path / f"part-{number}.parquet")
    found = process("score", tmp_path / "part-*.parquet", "--cluster", "local:2", "-f", "json")
    assert found.code == 0, found.err
    expected = process("score", whole, "-f", "json").json
    assert_same_figures(compared(found.json), compared(expected))


def test_labels_of_their_own(table: Any, whole: Path, tmp_path: Path, process: Process) -> None:
    """One file for all by id, one for each in order, and one for each by a field."""
    numbered = table.assign(id=np.arange(len(table)) * 3 + 1)
    truth, scores = ["id", "label"], ["id", *(name for name in numbered if name.startswith("prob_"))]
    for number, part in enumerate(np.split(np.arange(len(table)), 4)):
        some = numbered.iloc[part]
        some[scores].to_parquet(tmp_path / f"p-{number}.parquet")
        some[["label"]].to_csv(tmp_path / f"y-{number}.csv", index=False)
    numbered[truth].to_csv(tmp_path / "y.csv", index=False)
    numbered[scores].to_parquet(tmp_path / "p.parquet")
    given, local = ("-f", "json", "--unweighted"), ("--cluster", "local:2")
    by_id = process("score", tmp_path / "p.parquet", "--labels", tmp_path / "y.csv", "-f", "json").json
    found = process("score", tmp_path / "p-*.parquet", "--labels", tmp_path / "y.csv", "-f", "json", *local)
    assert found.code == 0, found.err
    assert_same_figures(found.json["metrics"], by_id["metrics"])
    expected = process("score", whole, *given).json
    for labels, predictions in (("y-[0-9].csv", "p-*.parquet"), ("y-{part}.csv", "p-{part}.parquet")):
        parts = process("score", tmp_path / predictions, "--labels", tmp_path / labels, "-f", "json", *local)
        assert parts.code == 0, parts.err
        assert_same_figures(parts.json["metrics"], expected["metrics"])
    (tmp_path / "p-3.parquet").unlink()
    some = process("score", tmp_path / "p-*.parquet", "--labels", tmp_path / "y.csv", *local)
    assert_refused(some, "of 8,000 labels have no prediction in any part")
    given = ("--labels", tmp_path / "y.csv", *local, "--on-missing", "drop")
    rest = process("score", tmp_path / "p-*.parquet", *given)
    assert rest.code == 0, rest.err
    assert pq.read_metadata(tmp_path / "p-0.parquet").num_rows == 2000
