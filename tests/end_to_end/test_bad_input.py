"""Every kind of bad input: one message with what, where, what was found and the next step; exit code 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused

pytestmark = pytest.mark.long


def test_good_input_is_scored(cli: Cli, saved: Save) -> None:
    assert cli("score", saved("p.csv", GOOD)).code == 0


def test_truncated_files(cli: Cli, saved: Save, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"label": ["a", "b"] * 500, "prob_a": np.full(1000, 0.5)}), tmp_path / "w.parquet"
    )
    whole = (tmp_path / "w.parquet").read_bytes()
    assert_refused(
        cli("score", saved("p.parquet", whole[: len(whole) // 2])), "Parquet file cannot be read", "p.parquet"
    )
    assert_refused(cli("score", saved("q.parquet", b"not parquet at all")), "Parquet file cannot be read")
    np.save(tmp_path / "w.npy", np.full((1000, 2), 0.5))
    assert_refused(
        cli("score", saved("p.npy", (tmp_path / "w.npy").read_bytes()[:5000])), "NPY file cannot be read"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--average", "mean"], ["--average: invalid value 'mean'", "macro"]),
        (["--zero-division", "2"], ["--zero-division"]),
        (["--missing", "skip"], ["--missing: invalid value 'skip'"]),
        (["--confidence", "95"], ["between 0 and 1"]),
        (["--bins", "0"], ["--bins 0"]),
        (["--jobs", "0"], ["--jobs 0"]),
        (["--threshold", "nan"], ["--threshold nan"]),
        (["--scores", "probs"], ["--scores: invalid value 'probs'"]),
        (["--task", "regresion"], ["unknown task", "did you mean --task regression?"]),
        (["--task", "regression"], ["true values that are numbers"]),
        (["--positive", "c"], ["no class 'c'"]),
        (["--classes", "a,b,c"], ["3 classes are given", "2 score columns"]),
        (["--classes", "a,z"], ["no column for z"]),
        (["--classes", "a,a"], ["each class once"]),
        (["--classes", "none.txt"], ["neither a readable file nor a comma-separated list"]),
        (["--format", "jsno"], ["did you mean --format json"]),
        (["--output", "report.pdf"], ["which format?", "json:report.pdf"]),
        (
            ["--metrics", "f0,recal"],
            ["unknown metric 'f0'", "unknown metric 'recal'", "did you mean recall?"],
        ),
        (["--metrics", "acc*"], []),
        (["--metrics", "z*"], ["no metric of binary data matches"]),
        (["--metrics", "fbeta"], ["fbeta@BETA"]),
        (["--metrics", "fbeta@-1"], ["above 0"]),
        (["--metrics", "f1@2"], ["takes no parameter"]),
        (["--metrics", "recall:c"], ["no class 'c'"]),
        (["--metrics", "mcc:a"], ["no value for a single class"]),
        (["--metrics", "f1_samples"], ["binary data has 'f1'"]),
        (["--metrics", "top_k_accuracy@2"], ["not defined for binary"]),
        (["--fail-under", "f1"], ["NAME=VALUE"]),
        (["--fail-under", "f1=nan"], ["NAME=VALUE"]),
        (["--fail-under", "f1=high"], ["NAME=VALUE"]),
        (["--fail-under", "log_loss=1"], ["lower is better", "--fail-over log_loss=1"]),
        (["--fail-over", "f1=0.5"], ["higher is better", "--fail-under f1=0.5"]),
        (["--fail-under", "ff=1", "--fail-over", "gg=1"], ["'ff'", "'gg'"]),
        (["--nope"], ["no such option: --nope"]),
        (["--bins", "many"], ["--bins"]),
    ],
)
def test_wrong_usage(arguments: list[str], words: list[str], cli: Cli, saved: Save) -> None:
    result = cli("score", saved("p.csv", GOOD), *arguments)
    if not words:
        assert result.code == 0
        return
    assert_refused(result, *words)


@pytest.mark.parametrize(
    ("column", "arguments", "words"),
    [
        (pa.array([["a", "b"]] * 2), ["--score-cols", "scores"], ["does not contain numbers", "list"]),
        (pa.array([["a", "b"]] * 2), [], ["which columns contain the scores", "columns label, scores"]),
        (pa.array([[], []], pa.list_(pa.float32())), [], ["the lists of scores are empty", "column scores"]),
        (pa.array([None, None], pa.list_(pa.float32())), [], ["the lists of scores are empty"]),
        (pa.array([[{"a": 1.0}]] * 2), [], ["which columns contain the scores"]),
    ],
)
def test_columns_of_other_types(
    column: pa.Array, arguments: list[str], words: list[str], cli: Cli, tmp_path: Path
) -> None:
    pq.write_table(pa.table({"label": ["a", "b"], "scores": column}), tmp_path / "p.parquet")
    assert_refused(cli("score", tmp_path / "p.parquet", *arguments), *words)


def test_all_mistakes_at_once_and_nothing_is_scored(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text("lable-col = 'x'\nbins = 'many'\n")
    (here / "b.json").write_text("{")
    result = cli(
        "score", here / "not-even.csv", "--fail-under", "ff=1", "--fail-over", "f1", "-f", "json",
        "-o", "r.pdf", "--baseline", here / "b.json", "--allow", "all", "--average", "x",
        "--per-row", "r.pdf",
    )  # fmt: skip
    assert result.code == 2
    codes = [error["what"] for error in result.json["errors"]]
    assert len(codes) == result.err.count("error: ") == 9
    assert "not-even" not in result.err
    assert result.json["error"] == result.json["errors"][0]
