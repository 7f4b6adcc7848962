"""Files far away: a real S3 server and a real web server on this machine."""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from support.command_line import Cli, Process
from support.paths import FIXTURES, GAME_COLUMNS
from support.s3 import SECRETS, bucket

pytestmark = pytest.mark.long

TABLE = pa.table({"label": ["a", "b"] * 50, "prob_a": [0.75, 0.25] * 50, "prob_b": [0.25, 0.75] * 50})


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """Address of the server, and a bucket with files."""
    with bucket() as (options, put):
        put(Key="games.csv.gz", Body=gzip.compress((FIXTURES / "wnba" / "games.csv").read_bytes()))
        put(Key="empty.csv", Body=b"")
        for number in range(12):
            stream = io.BytesIO()
            pq.write_table(TABLE.slice(number * 9, 9), stream)
            put(Key=f"shards/day={number}/part.parquet", Body=stream.getvalue())
            put(Key=f"flat/part-{number}.parquet", Body=stream.getvalue())
        yield options


def test_a_file_of_a_bucket(s3: str, cli: Cli) -> None:
    found = cli("score", f"s3://bucket/games.csv.gz?{s3}", *GAME_COLUMNS, "-f", "json")
    local = cli("score", FIXTURES / "wnba" / "games.csv", *GAME_COLUMNS, "-f", "json")
    assert found.json["metrics"] == local.json["metrics"]
    (file,) = found.json["input"]["predictions"]
    assert (file["path"], file["rows"], len(file["sha256"])) == ("s3://bucket/games.csv.gz", 450, 64)


@pytest.mark.parametrize("path", ["shards", "shards/", "flat/part-*.parquet"])
def test_shards_of_a_bucket(path: str, s3: str, cli: Cli, tmp_path: Path) -> None:
    pc.write_csv(TABLE, tmp_path / "p.csv")
    found = cli("score", f"s3://bucket/{path}?{s3}", "-f", "json")
    assert found.json["metrics"] == cli("score", tmp_path / "p.csv", "-f", "json").json["metrics"]
    assert len(found.json["input"]["predictions"]) == 12


def test_passwords_stand_nowhere(s3: str, cli: Cli) -> None:
    address = f"s3://key:hidden@bucket/games.csv.gz?{s3}"
    found = cli("score", address, *GAME_COLUMNS, "-f", "json")
    assert found.code == 0
    assert "hidden" not in found.out + found.err
    refused = cli("score", address.replace("games", "game"), *GAME_COLUMNS)
    assert (refused.code, "hidden" in refused.err) == (2, False)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("bucket/none.csv", "no such file"),
        ("bucket/flat/*.npy", "no file matches"),
        ("bucket/empty.csv", "the file is empty"),
        ("nobody/p.csv", "no such file"),
    ],
)
def test_what_is_not_there(path: str, words: str, s3: str, cli: Cli) -> None:
    refused = cli("score", f"s3://{path}?{s3}")
    assert (refused.code, words in refused.err, f"s3://{path}" in refused.err) == (2, True, True)


def test_a_server_that_does_not_answer(process: Process) -> None:
    refused = process("score", "s3://bucket/p.csv?endpoint_override=127.0.0.1:9&scheme=http", **SECRETS)
    assert refused.code == 2
    assert refused.err.startswith("error: the address cannot be read\n  where: s3://bucket/p.csv\n")


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """A web server with the fixtures."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(FIXTURES))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_of_the_web(web: str, process: Process) -> None:
    found = process("score", f"{web}/wnba/games.csv?version=1", *GAME_COLUMNS, "--only", "f1")
    assert (found.code, found.out) == (0, "0.7326388888888888\n"), found.err
    array = f"{web}/cifar10/labels.npy"
    assert process("score", array, "--labels", array, "--only", "accuracy").out == "1.0\n"
    refused = process("score", f"{web}/none.csv")
    assert (refused.code, "Traceback" in refused.err, "none.csv" in refused.err) == (2, False, True)


def test_fsspec_is_an_extra(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    refused = cli("score", "https://127.0.0.1:9/p.csv")
    assert (refused.code, "evalcli[remote]" in refused.err) == (2, True)
    assert cli("score", "nothing://there/p.csv").code == 2


def test_an_address_of_this_machine(cli: Cli) -> None:
    found = cli("score", f"file://{FIXTURES}/wnba/games.csv", *GAME_COLUMNS, "--only", "f1")
    assert found.out == "0.7326388888888888\n"
