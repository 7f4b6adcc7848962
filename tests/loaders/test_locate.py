from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest

from evalcli.loaders.open import open_source
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused


def test_missing_file_names_its_neighbour(cli: Cli, saved: Save) -> None:
    path = saved("predictions.csv", GOOD)
    assert_refused(
        cli("score", path.with_name("prediction.csv")), "no such file", "did you mean", "predictions.csv"
    )
    assert_refused(cli("score", path, "--labels", path.with_name("y.csv")), "no such file", "y.csv")
    assert_refused(cli("score", path.parent / "none" / "p.csv"), "no such file")


def test_a_folder_without_data(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").mkdir()
    assert_refused(cli("score", tmp_path / "p.csv"), "no prediction file in the folder")


@pytest.mark.parametrize("name", ["p.csv", "p.npy", "p.parquet"])
def test_empty_file(name: str, cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved(name, b"")), "the file is empty", name)


@pytest.mark.parametrize("form", ["csv", "tsv", "npy", "parquet"])
def test_standard_input_is_recognised(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"label": [0, 1], "p": [0.25, 0.75]})
    stream = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, stream)
    elif form == "npy":
        np.save(stream, np.array([[0.25, 0.75]]))
    else:
        pc.write_csv(table, stream, pc.WriteOptions(delimiter="\t" if form == "tsv" else ","))
    stdin = io.TextIOWrapper(io.BytesIO(stream.getvalue()))
    monkeypatch.setattr("sys.stdin", stdin)
    source = open_source("-")
    assert source.path == "<stdin>"
    assert source.columns == (("values",) if form == "npy" else ("label", "p"))
    assert len(source.files[0].sha256()) == 64


@pytest.mark.parametrize(
    "names",
    [
        ("p.csv", "p.csv"),
        ("./p.csv", "p.csv"),
        ("p.csv", "link.csv"),
        ("p.csv", "hard.csv"),
        ("[p].csv", "p.csv"),
        ("q.csv", "*.csv"),
        (".",),
    ],
)
def test_a_file_that_is_named_twice(
    names: tuple[str, ...], cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("p.csv", "q.csv"):
        Path(name).write_text(GOOD)
    Path("link.csv").symlink_to("p.csv")
    Path("hard.csv").hardlink_to("p.csv")
    assert_refused(cli("score", *names), "the same file is given twice", "give it once")
    assert cli("score", "p.csv", "q.csv").code == 0


def test_links_that_lead_nowhere(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d").mkdir()
    Path("d/p.csv").write_text(GOOD)
    Path("d/notes").symlink_to("nothing")
    assert cli("score", "d").code == 0
    Path("d/q.csv").symlink_to("gone.csv")
    for name in ("d/q.csv", "d", "d/*.csv"):
        refused = cli("score", name)
        assert_refused(refused, "a broken link", "q.csv", "it points to gone.csv")
        assert "did you mean" not in refused.err


def test_links_in_a_circle(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(GOOD)
    Path("folder").symlink_to(".")
    assert cli("score", ".").code == 0
    Path("a.csv").symlink_to("b.csv")
    Path("b.csv").symlink_to("a.csv")
    for name in (".", "*.csv", "a.csv"):
        assert cli("score", name).code == 2


@pytest.mark.parametrize("what", ["scandir", "stat"])
def test_a_folder_that_may_not_be_read(
    what: str, cli: Cli, saved: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = saved("p.csv", GOOD).parent
    (folder / "inner").mkdir()
    (folder / "q.csv").symlink_to(saved("hidden.txt", GOOD))
    real_scan, real_file = os.scandir, Path.is_file

    def scandir(path: Path) -> object:
        if path.name == "inner":
            raise PermissionError(13, "Permission denied")
        return real_scan(path)

    def is_file(path: Path) -> bool:
        if path.name == "q.csv":
            raise PermissionError(13, "Permission denied")
        return real_file(path)

    if what == "scandir":
        monkeypatch.setattr("os.scandir", scandir)
    else:
        monkeypatch.setattr(Path, "is_file", is_file)
    assert_refused(cli("score", folder), "cannot be", "Permission denied")


def test_names_that_are_not_utf_8(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"caf\xe9")
    table = pa.table({"label": [0, 1, 1, 0], "p": [0.1, 0.9, 0.2, 0.3]})
    Path(name).mkdir()
    for suffix, write in (("csv", pc.write_csv), ("parquet", pq.write_table), ("feather", pf.write_feather)):
        stream = io.BytesIO()
        write(table, stream)
        Path(f"{name}.{suffix}").write_bytes(stream.getvalue())
        Path(f"{name}/p.{suffix}").write_bytes(stream.getvalue())
        for given in (f"{name}.{suffix}", f"caf*.{suffix}", f"{name}/*.{suffix}"):
            result = cli("score", given, "-o", "r.json", "-o", "r.md", "--per-row", "rows.tsv")
            assert result.code == 0, result.err
            assert r"caf\udce9" in Path("r.json").read_text().replace("\\\\", "\\")
    assert cli("score", "**/*.csv").code == 0
    assert_refused(cli("score", f"{name}.cs"), r"caf\udce9.csv", "did you mean")
