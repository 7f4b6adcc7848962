from __future__ import annotations

import pytest

from evalcli.metrics import METRICS
from evalcli.tasks import TASKS
from support.command_line import Cli


def test_the_list_has_every_metric(cli: Cli) -> None:
    lines = cli("metrics").out.splitlines()
    assert len(lines) == 2 + len(METRICS)
    for metric in METRICS:
        line = next(line for line in lines if line.split()[0].split("@")[0].removesuffix("[") == metric.name)
        assert all(task.name in line for task in metric.tasks)


@pytest.mark.parametrize("task", TASKS)
def test_the_list_of_a_task(task: str, cli: Cli) -> None:
    listed = cli("metrics", "--task", task, "--format", "json").json
    assert [entry["name"] for entry in listed] == [m.name for m in METRICS if TASKS[task] in m.tasks]
    names = [line.split()[0] for line in cli("metrics", "--task", task).out.splitlines()[2:]]
    assert len(names) == len(listed)


def test_wrong_words(cli: Cli) -> None:
    for arguments, word in (
        (("metrics", "--task", "multi"), "one of binary, multiclass, multilabel, regression"),
        (("metrics", "-f", "xml"), "one of table, json"),
        (("explain", "presicion"), "did you mean precision?"),
        (("explain", "qqqq"), "evalcli metrics"),
        (("explain", "f1", "-f", "xml"), "one of table, json"),
        (("explain", "precision@5"), "takes no parameter"),
        (("explain", "f1", "zzzz", "loss"), "unknown metric 'zzzz'"),
        (("explain", "never-predictd"), "did you mean never-predicted?"),
        (("metrics", "zzzz"), "no metric matches 'zzzz'"),
        (("metrics", "sensitivty"), "did you mean sensitivity?"),
        (("metrics", "word error rate"), "generated text"),
    ):
        result = cli(*arguments)
        assert (result.code, result.out) == (2, "")
        assert word in result.err


def test_a_search_shows_what_matched(cli: Cli) -> None:
    lines = cli("metrics", "auc").out.splitlines()
    assert lines[0].split()[:3] == ["metric", "also", "called"]
    assert lines[2].startswith("roc_auc[@FPR]")
    assert "auc, " in lines[2]
    assert METRICS.named("roc_auc")[0].page.summary in lines[2]
    assert cli("metrics", "error_rate").out.splitlines()[-1] == "error_rate: the error rate is 1 - accuracy"
    found = cli("metrics", "sensitivity", "-f", "json").json
    assert found[0]["name"] == "recall"
    assert {"sensitivity", "tpr", "hit_rate"} <= set(found[0]["aliases"])
    assert [
        entry["name"]
        for entry in cli("metrics", "squared", "error", "--task", "regression", "-f", "json").json
    ][:2] == ["mse", "rmse"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("words", [(), ("acc",), ("--task", "multiclass")])
def test_a_list_fits_the_terminal(
    width: int, words: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    lines = cli("metrics", *words).out.splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].split()[0] == "metric"
    assert lines[0].split()[-1] == "summary"


def test_aliases_are_explained(cli: Cli) -> None:
    lines = cli("explain", "auc").out.splitlines()
    assert lines[0] == "auc: another name of roc_auc"
    assert lines[2] == "roc_auc[@FPR]"
    page = cli("explain", "log_loss").out
    assert not page.startswith("log_loss:")
    assert all(word in page for word in ("Cross-entropy", "NLL", "cross_entropy", "nll"))
    assert cli("explain", "top5").out.startswith("top5: another name of top_k_accuracy@5")


def test_several_are_explained_in_turn(cli: Cli) -> None:
    page = cli("explain", "accuracy", "F1", "never-predicted").out
    heads = [line for line in page.splitlines() if line and not line.startswith(" ")]
    assert heads == ["accuracy", "F1: another name of f1", "f1", "never-predicted"]
    several = cli("explain", "accuracy", "auc", "-f", "json").json
    assert [entry["name"] for entry in several] == ["accuracy", "roc_auc"]
    assert cli("explain", "auc", "-f", "json").json == several[1]
    both = cli("explain", "exact_match", "-f", "json").json
    assert [entry["name"] for entry in both] == ["accuracy", "subset_accuracy"]
