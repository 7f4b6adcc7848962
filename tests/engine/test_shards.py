from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from evalcli.cluster.executor import Spread
from evalcli.cluster.local import LocalProcesses
from evalcli.engine import shards
from evalcli.engine.shards import shards_of
from evalcli.errors import EvalcliError
from evalcli.inputs.options import Options
from support.command_line import Cli, assert_refused
from support.parts import rows


def test_pairs_of_files(tmp_path: Path) -> None:
    for name in ("p-1.csv", "p-2.csv", "y-1.csv", "y-2.csv", "y.csv"):
        (tmp_path / name).write_text("a\n1\n")
    at = str(tmp_path)

    def pairs(*names: str, labels: str | None = None) -> list[tuple[str, str | None, bool]]:
        given = tuple(f"{at}/{name}" for name in names)
        found = shards_of(Options(given, None if labels is None else f"{at}/{labels}"))
        names_of = [(Path(part.predictions).name, part.labels and Path(part.labels).name) for part in found]
        return [(*pair, part.shared) for pair, part in zip(names_of, found, strict=True)]

    assert pairs("p-*.csv") == [("p-1.csv", None, False), ("p-2.csv", None, False)]
    assert pairs("p-*.csv", labels="y.csv") == [("p-1.csv", "y.csv", True), ("p-2.csv", "y.csv", True)]
    own = [("p-1.csv", "y-1.csv", False), ("p-2.csv", "y-2.csv", False)]
    assert pairs("p-*.csv", labels="y-*.csv") == pairs("p-{n}.csv", labels="y-{n}.csv") == own
    (tmp_path / "y-1.csv").unlink()
    (tmp_path / "p-3.csv").write_text("a\n1\n")
    with pytest.raises(EvalcliError, match="2 parts have no labels"):
        pairs("p-{n}.csv", labels="y-{n}.csv")
    (tmp_path / "y-1.csv").write_text("a\n1\n")
    with pytest.raises(EvalcliError, match="3 files of predictions and 2 of labels"):
        pairs("p-*.csv", labels="y-*.csv")


def test_options_that_a_cluster_has_no_use_for(cli: Cli, tmp_path: Path) -> None:
    rows("binary").to_csv(tmp_path / "p.csv", index=False)
    given = ("score", tmp_path / "p.csv", "--task", "binary", "--unweighted", "--cluster", "local:1")
    assert_refused(cli(*given, "--per-row", tmp_path / "r.csv"), "rows of parts are not brought together")
    assert_refused(cli(*given, "--explain-batches", "10"), "--explain-batches needs all rows in order")
    assert_refused(cli(*given, "--state", tmp_path / "x.state", "--first-row", "3"), "--cluster has many")
    assert_refused(cli(*given, "--retries", "-1"), "--retries -1")
    assert_refused(cli(*given[:-2], "--retries", "1"), "--retries is for --cluster")
    assert_refused(cli(*given[:-1], "elsewhere"), "no address of a cluster")
    assert_refused(cli(*given, tmp_path / "p.csv"), "given twice")
    piped = cli("score", "-", *given[2:])
    assert_refused(piped, "standard input cannot be sent to a cluster")


class Small(LocalProcesses):
    """Processes that hold little, and see other files."""

    memory, reads_here = 50_000, False

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        return super().submit(function, *(one.data if isinstance(one, Spread) else one for one in arguments))


def test_rows_that_outgrow_the_workers_are_counted_in_bins(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "open_executor", lambda address: Small(1))
    table = rows("multiclass", 3000)
    for number in range(2):
        table[number::2].to_parquet(tmp_path / f"p{number}.parquet", index=False)
    given = ("score", tmp_path / "p*.parquet", "--unweighted", "--cluster", "local:1")
    large = cli(*given, "-f", "json").json
    codes = [note["code"] for note in large["notes"]]
    assert {"certified-by-size", "certified-ranking"} <= set(codes)
    assert large["metrics"]["roc_auc_ovr_macro"]["largest_error"] > 0
    grouped = cli(*given, "--group", "user", "-f", "json").json  # which bins do not bound
    assert not {"certified-by-size", "certified-ranking"} & {note["code"] for note in grouped["notes"]}
    exact = cli(*given, "--ranking", "exact", "-f", "json").json
    assert "certified-by-size" not in [note["code"] for note in exact["notes"]]
    ids = table.reset_index(names="id")
    ids[["id", "label"]].to_csv(tmp_path / "y.csv", index=False)
    for number in range(2):
        ids.drop(columns="label")[number::2].to_parquet(tmp_path / f"p{number}.parquet", index=False)
    seen = assert_refused(cli(*given, "--labels", tmp_path / "y.csv"), "too large to be sent to every worker")
    assert "--labels 'y-{part}.csv'" in seen


def test_one_file_of_labels_without_ids(cli: Cli, tmp_path: Path) -> None:
    """It is not the labels of each part, even if it has as many rows."""
    table = rows("binary float32", 400)
    for number in range(2):
        table[["score"]].iloc[200 * number :][:200].to_csv(tmp_path / f"p-{number}.csv", index=False)
        table[["label"]].iloc[200 * number :][:200].to_csv(tmp_path / f"y-{number}.csv", index=False)
    given = ("score", tmp_path / "p-*.csv", "--cluster", "local:1")
    assert_refused(
        cli(*given, "--labels", tmp_path / "y-0.csv"), "needs ids to match rows by", "--id-col NAME"
    )
    typed = (
        "score",
        tmp_path / "p-0.csv",
        tmp_path / "p-1.csv",
        "-l",
        tmp_path / "y-1.csv",
        "-l",
        tmp_path / "y-0.csv",
    )
    one, many = (cli(*typed, "--only", "accuracy", *more).out for more in ((), ("--cluster", "local:1")))
    assert one == many
