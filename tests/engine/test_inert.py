from __future__ import annotations

import pytest

from evalcli.engine.inert import DEFAULTS, IDLE
from evalcli.inputs.options import Options
from support.command_line import Cli, Save, assert_refused

FILES = {
    "stored": "label,pred\na,a\nb,b\na,b\nb,a\n",
    "scores": "label,prob\n0,0.25\n1,0.75\n0,0.5\n1,0.875\n",
    "both": "label,pred,prob\n0,0,0.25\n1,1,0.75\n0,1,0.5\n1,1,0.875\n",
    "sets": "label_a,label_b,prob_a,prob_b\n1,0,0.75,0.25\n0,1,0.25,0.75\n1,1,0.875,0.5\n",
    "real": "y,pred\n1.5,1.25\n2.5,2.25\n3.5,3.75\n",
}


@pytest.mark.parametrize(
    ("file", "arguments", "reason"),
    [
        ("scores", ("--by-order",), "are in one file"),
        ("scores", ("--on-missing", "drop"), "are in one file"),
        ("scores", ("--on-extra", "drop"), "are in one file"),
        ("sets", ("--fold-names",), "the task is multilabel"),
        ("real", ("--fold-names",), "the task is regression"),
        ("stored", ("--scores", "logits"), "contains no scores"),
        ("both", ("--pred-col", "pred", "--threshold", "0.6"), "--threshold decides the classes"),
        ("real", ("--zero-division", "1"), "regression has no classes"),
        ("real", ("--bins", "10"), "no calibration"),
        ("stored", ("--bins", "10"), "no probabilities"),
        ("scores", ("--no-intervals", "--seed", "3"), "--no-intervals"),
        ("scores", ("--no-intervals", "--confidence", "0.9"), "--no-intervals"),
        ("scores", ("--min-n", "5"), "no slices"),
        ("sets", ("--average", "weighted"), "no metric with averages, such as f1"),
        ("scores", ("--average", "macro", "--metrics", "accuracy"), "no metric with averages, such as f1"),
        ("real", ("--average", "macro"), "no averages over classes"),
    ],
)
def test_an_option_without_effect_is_refused(
    file: str, arguments: tuple[str, ...], reason: str, cli: Cli, saved: Save
) -> None:
    more = ("--label-cols", "label_*") if file == "sets" else ()
    refused = cli("score", saved("p.csv", FILES[file]), *more, *arguments)
    option = next(text for text in arguments if text.startswith("--") and text != "--no-intervals")
    assert_refused(refused, f"{option} has no effect", reason, f"without {option}")


@pytest.mark.parametrize(
    "arguments", [("--delimiter", ";"), ("--decimal", ","), ("--no-header",), ("--encoding", "latin-1")]
)
def test_options_of_text_files_for_others(arguments: tuple[str, ...], cli: Cli, tmp_path: object) -> None:
    import numpy as np

    path = f"{tmp_path}/p.npz"
    np.savez(path, label=np.array([0, 1, 0]), prob=np.array([0.25, 0.75, 0.5]))
    assert_refused(cli("score", path, *arguments), "has no effect", "text")


def test_options_for_ids_where_rows_are_matched_by_order(cli: Cli, saved: Save) -> None:
    p, y = saved("p.csv", "prob\n0.25\n0.75\n"), saved("y.csv", "label\n0\n1\n")
    assert_refused(cli("score", p, "--labels", y, "--on-missing", "drop"), "matched by order")


def test_every_option_that_may_be_idle_is_one() -> None:
    assert set(IDLE) <= set(Options.__struct_fields__)
    assert set(IDLE) <= set(DEFAULTS)
