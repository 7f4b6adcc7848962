"""Files are data: they run nothing, allocate nothing by what they claim, and cannot speak for the tool."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import pickle
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.command_line import Cli, Process, Save, assert_refused

pytestmark = pytest.mark.long


class Harmful:
    """Would write a file when unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("harmed"),))


def test_a_pickle_called_npy_is_never_run(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("objects.npy", np.array([Harmful()], object), allow_pickle=True)
    Path("bare.npy").write_bytes(pickle.dumps(Harmful()))
    for name in ("objects.npy", "bare.npy"):
        assert_refused(cli("score", name), "pickle", name)
    assert not Path("harmed").exists()


def objects() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([Harmful()], object), allow_pickle=True)
    return stream.getvalue()


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return stream.getvalue()


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("p.npy", objects()),
        ("p.npz", archive(**{"values.npy": objects()})),
        ("p.pkl", pickle.dumps(Harmful())),
        ("p.csv", pickle.dumps(Harmful(), protocol=4)),
        ("p.npy.gz", gzip.compress(objects())),
        ("model.pt", archive(**{"archive/data.pkl": pickle.dumps(Harmful())})),
    ],
)
def test_a_pickle_is_never_run(
    name: str, data: bytes, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(data)
    for command in ("score", "inspect"):
        result = cli(command, name)
        assert result.code == 2
        assert "pickle" in result.err + result.out
    assert not Path("harmed").exists()


HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }"


@pytest.mark.parametrize(
    "data",
    [
        npy(HUGE % 10**12),
        npy(HUGE % 10**30),
        npy(HUGE % -5),
        npy(HUGE % "2**40"),
        npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1000000, 1000000), }", b"\0" * 800),
        npy("{'descr': '|S0', 'fortran_order': False, 'shape': (10,), }"),
        npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", b"\0" * 8),
        npy("__import__('pathlib').Path('harmed').touch()"),
        npy("(" * 3000),
        npy(HUGE % 1, b"\0" * 8, b"\x09\x00"),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_header_allocates_nothing(packed: bool, data: bytes, cli: Cli, saved: Save) -> None:
    import tracemalloc

    path = saved("p.npz", archive(**{"values.npy": data})) if packed else saved("p.npy", data)
    tracemalloc.start()
    result = cli("score", path)
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()
    assert (result.code, result.err.startswith("error: ")) == (2, True)
    assert not Path("harmed").exists()


def test_archive_paths_are_never_followed(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([0, 1, 1]))
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    Path("p.npz").write_bytes(
        archive(**{"../../label.npy": stream.getvalue(), "/etc/x.npy": stream.getvalue()})
    )
    cli("inspect", "p.npz")
    assert [path.name for path in inside.iterdir()] == ["p.npz"]
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


BOMBS: dict[str, Callable[[], bytes]] = {
    "p.csv.gz": lambda: gzip.compress(b"label,p\n" + b"1,0.5\n" * 3_000_000),
    "p.csv.bz2": lambda: bz2.compress(b"label,p\n" + b"1,0.5\n" * 3_000_000),
    "p.csv.zst": lambda: pa.compress(b"label,p\n" + b"1,0.5\n" * 3_000_000, "zstd", asbytes=True),
    "p.npy.gz": lambda: gzip.compress(
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2000000,), }", bytes(16_000_000))
    ),
    "p.npz": lambda: archive(
        **{
            "label.npy": npy(
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000,), }", bytes(16_000_000)
            )
        }
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_unpacking_is_bounded(name: str, cli: Cli, saved: Save) -> None:
    path = saved(name, BOMBS[name]())
    assert path.stat().st_size < 1 << 20
    result = cli("score", path, "--max-bytes", "1M")
    assert (result.code, "more than 1 MiB" in result.err, "--max-bytes" in result.err) == (2, True, True)
    assert "unfolds" not in cli("score", path, "--max-bytes", "1G").err


def test_columns_that_unfold_are_bounded(cli: Cli, tmp_path: Path) -> None:
    table = pa.table({"label": np.arange(400_000) % 2, "p": np.random.default_rng(0).random(400_000)})
    pq.write_table(table, tmp_path / "p.parquet")
    result = cli("score", tmp_path / "p.parquet", "--max-bytes", "1M")
    assert (result.code, "--max-bytes" in result.err) == (2, True)
    assert cli("score", tmp_path / "p.parquet").code == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    """Ten gigabytes of nothing in a few kilobytes, within the memory that any run takes."""
    inner = gzip.compress(bytes(64 << 20), 9)
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(b"label,p\n") + inner * 40)
    code = (
        "import re, sys\nfrom evalcli.cli.app import run\ncode = run(sys.argv[1:])\n"
        # of this process alone, where getrusage begins with what its parent held
        "status = open('/proc/self/status').read()\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) >> 10)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "score", tmp_path / "p.csv.gz"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2, done
    assert int(done.stdout) < 500


EVIL = {
    "\x1b[2J\x1b[1;31m": r"\x1b[2J\x1b[1;31m",
    "::error file=a.py::failed": r"\x3a:error file=a.py::failed",
    "##[error]failed": r"\x23#[error]failed",
    "##vso[task.complete result=Failed]": r"\x23#vso[task.complete result=Failed]",
    "a\r\n::warning::b": r"a\r\n::warning::b",
    "a\u202eb": r"a\u202eb",
    "a\u2028b": r"a\u2028b",
    "\x9b31m": r"\x9b31m",
}


@pytest.mark.parametrize("name", EVIL)
def test_names_cannot_speak_for_the_tool(name: str, cli: Cli, tmp_path: Path) -> None:
    rows = pa.table(
        {
            "label": [name, "b", name, "b"] * 20,
            f"prob_{name}": [0.9, 0.2, 0.4, 0.6] * 20,
            "prob_b": [0.1, 0.8, 0.6, 0.4] * 20,
            "id": [f"{name}{j}" for j in range(80)],
        }
    )
    pq.write_table(rows, tmp_path / "p.parquet")
    pq.write_table(rows.rename_columns(["label", "x", name, "y"]), tmp_path / "q.parquet")
    labels = rows.select(["id", "label"])
    pq.write_table(labels.slice(3), tmp_path / "y.parquet")
    p, q, y = (tmp_path / f"{n}.parquet" for n in "pqy")
    seen = []
    for arguments in (
        ("score", p),
        ("score", p, "-f", "json"),
        ("score", p, "--fail-under", f"recall:{name}=0.99"),
        ("score", p, "--only", f"recall:{name}"),
        ("score", p, "--positive", "nobody"),
        ("score", p, "-l", y),
        ("score", q),
        ("score", q, "--label-col", "nothing"),
        ("inspect", p),
        ("inspect", p, "-l", y),
        ("inspect", q, "-f", "json"),
    ):
        result = cli(*arguments)
        assert result.code in (0, 1, 2), result
        text = result.out + result.err
        seen.append(text)
        for line in text.split("\n"):
            assert line.isprintable(), repr(line)
            assert not line.strip().startswith("::"), line
            assert "##[" not in line.replace("\\x23#[", "") or '"' in line, line
    assert EVIL[name] in seen[0]
    assert name in json.loads(seen[1].rsplit("}\n", 1)[0] + "}")["classes"]


def test_file_names_cannot_speak_for_the_tool(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "\x1b[2J::error::.csv"
    path.write_text("label,p\n1,0.5\n0,0.25\n")
    for arguments in (("score", path), ("inspect", path), ("score", path, "--label-col", "x")):
        result = cli(*arguments)
        assert "\x1b" not in result.out + result.err


@pytest.mark.parametrize("sign", ["[]", "{}"])
def test_json_that_goes_deep(sign: str, process: Process, tmp_path: Path) -> None:
    inner = "[" * 100_000 + "]" * 100_000 if sign == "[]" else '{"a":' * 100_000 + "1" + "}" * 100_000
    (tmp_path / "d.jsonl").write_text('{"a":' + inner + "}\n")
    result = process("score", tmp_path / "d.jsonl")
    assert (result.code, "nested" in result.err) == (2, True)


def test_a_file_name_of_other_bytes(process: Process, tmp_path: Path) -> None:
    import os

    path = os.fsencode(tmp_path) + b"/\xff\xe9.csv"
    Path(os.fsdecode(path)).write_text("label,p\n1,0.5\n0,0.25\n")
    done = subprocess.run([sys.executable, "-m", "evalcli", "score", path], capture_output=True, check=False)
    assert done.returncode in (0, 2), done
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "data",
    [
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808, 0), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (True, 40), }", bytes(400)),
        npy("{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (5,), }", bytes(40)),
        npy("{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }", b"\xff\xff\xff\x7f" * 2),
    ],
)
def test_odd_headers(data: bytes, cli: Cli, saved: Save) -> None:
    assert cli("score", saved("p.npy", data), "-l", saved("y.npy", data)).code == 2


def test_archives_packed_otherwise(cli: Cli, tmp_path: Path) -> None:
    """Their unpackers take no bound."""
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(tmp_path / "p.npz", "w", method) as file:
            file.writestr("label.npy", npy(HUGE % 2, bytes(16)))
        result = cli("score", tmp_path / "p.npz")
        assert (result.code, "does not use" in result.err) == (2, True)


def test_text_that_repeats_takes_the_memory_of_one(cli: Cli, tmp_path: Path) -> None:
    places = pa.array([0, 1] * 5000, pa.int32())
    label = pa.DictionaryArray.from_arrays(places, pa.array(["x" * (1 << 20), "y"]))
    table = pa.table({"label": label, "pred": ["y"] * 10_000})
    pq.write_table(table, tmp_path / "p.parquet", store_schema=False)
    before = pa.default_memory_pool().max_memory()
    assert cli("score", tmp_path / "p.parquet", "--only", "accuracy").code == 0
    assert pa.default_memory_pool().max_memory() < max(before, 300 << 20)


def test_lists_and_batches_that_unfold_are_bounded(cli: Cli, tmp_path: Path) -> None:
    lists = pa.table({"label": [0, 1] * 150, "probs": pa.array([[0.5] * 20_000] * 300)})
    pq.write_table(lists, tmp_path / "p.parquet")
    assert "--max-bytes" in cli("score", tmp_path / "p.parquet", "--max-bytes", "10M").err
    import pyarrow.feather as pf

    pf.write_feather(
        pa.table({"label": np.zeros(4_000_000), "p": np.zeros(4_000_000)}), tmp_path / "p.feather", "zstd"
    )
    assert "--max-bytes" in cli("score", tmp_path / "p.feather", "--max-bytes", "10M").err


def test_types_cannot_speak_for_the_tool(cli: Cli, tmp_path: Path) -> None:
    odd = pa.array([{"x\n::error::pwn\x1b[2J": 1}] * 2)
    table = pa.table({"label": odd, "prob": [0.5, 0.5], "weight": odd, "id": odd})
    pq.write_table(table, tmp_path / "p.parquet")
    for more in (
        (),
        ("--weight-col", "weight"),
        ("--score-cols", "weight", "--unweighted"),
        ("--id-col", "id", "--unweighted"),
    ):
        result = cli("score", tmp_path / "p.parquet", *more)
        assert result.code == 2
        assert "\x1b" not in result.err
        assert not any(line.strip().startswith("::") for line in result.err.splitlines()), result.err
