from __future__ import annotations

import pytest

from evalcli.errors import UsageError
from evalcli.metrics.lookup import aliases_of, canonical, find_metrics, name_of, search, suggestion
from evalcli.metrics.registry import METRICS
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, TASKS
from support.command_line import Cli, Save, assert_refused


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *((name, name) for name in ("f1", "f1_macro", "roc_auc_ovr_macro", "roc_auc@0.1", "recall:a b")),
        *((name, "roc_auc") for name in ("auc", "AUC", "AUROC", "auc-roc", "rocauc", "ROC AUC")),
        *((name, "f1") for name in ("F1", "f1-score", "F1 Score", "f_measure", "dice")),
        *(
            (name, "f1_macro")
            for name in ("macro_f1", "f1 macro avg", "Macro avg F1-score", "macro-averaged f1")
        ),
        *((name, "top_k_accuracy@5") for name in ("top5", "top-5", "top5_accuracy", "acc@5", "Accuracy@5")),
        ("top_k@3", "top_k_accuracy@3"),
        ("top1_acc", "top_k_accuracy@1"),
        ("f2", "fbeta@2"),
        ("F0.5-score", "fbeta@0.5"),
        ("macro_f2", "fbeta_macro@2"),
        ("macro_sensitivity", "recall_macro"),
        ("sensitivity:the cat", "recall:the cat"),
        ("auc@0.1", "roc_auc@0.1"),
        ("ovr_macro_auc", "roc_auc_ovr_macro"),
        ("qwk", "cohen_kappa_quadratic"),
        ("MeanSquaredError", "mse"),
        ("R2", "r2"),
        ("logloss", "log_loss"),
    ],
)
def test_names_of_the_field(typed: str, name: str) -> None:
    assert canonical(typed) == canonical(name) == name


@pytest.mark.parametrize(
    ("typed", "by_task"),
    [
        ("exact_match", {BINARY: "accuracy", MULTICLASS: "accuracy", MULTILABEL: "subset_accuracy"}),
        ("phi", {BINARY: "mcc"}),
        ("brier_class", {BINARY: "brier"}),
        ("bce", {BINARY: "log_loss", MULTILABEL: "log_loss"}),
    ],
)
def test_what_depends_on_the_task(typed: str, by_task: dict[str, str]) -> None:
    assert canonical(typed) == typed
    assert {metric.name for metric in find_metrics(typed)} == set(by_task.values())
    for task in TASKS.values():
        if task in by_task:
            assert canonical(typed, task) == by_task[task]
        else:
            with pytest.raises(UsageError, match="data"):
                canonical(typed, task)


@pytest.mark.parametrize(
    ("typed", "what", "hint"),
    [
        ("error_rate", "the error rate is 1 - accuracy", "evalcli explain accuracy"),
        ("map", "not available", "evalcli explain average_precision"),
        ("confusion matrix", "in the confusion matrix of the report", "evalcli metrics"),
        ("TP", "in the confusion matrix of the report", "evalcli metrics"),
        ("wer", "generated text", "evalcli metrics"),
        ("rsq", "pearson squared", "evalcli explain r2"),
        ("weighted_kappa", "linear", "evalcli explain cohen_kappa_quadratic"),
        ("macro_accuracy", "mean recall of the classes", "evalcli explain balanced_accuracy"),
        ("neg_mean_squared_error", "is the negative of 'mse'", "did you mean mse?"),
        ("macro_mcc", "'mcc' has no average 'macro'", "evalcli explain mcc"),
        ("top5@3", "two parameters", "did you mean top_k_accuracy@5?"),
        ("sensitivty", "unknown metric 'sensitivty'", "did you mean sensitivity?"),
        ("reca", "unknown metric 'reca'", "evalcli metrics reca"),
        ("zzzz", "unknown metric 'zzzz'", "evalcli metrics"),
    ],
)
def test_what_no_metric_is_called(typed: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        canonical(typed)
    assert what in caught.value.what
    assert str(caught.value.hint) == hint


def test_suggestions_are_names_that_are_spelled_alike() -> None:
    assert suggestion("presicion") == "precision"
    assert suggestion("f1_marco") == "f1_macro"
    for word in ("tprr", "fdd", "fqr", "aucc", "mea"):
        assert suggestion(word) is None


def test_search() -> None:
    assert search(["auc"])[0][0].name == "roc_auc"
    assert search(["cross", "entropy"])[0][0].name == "log_loss"
    assert "sensitivity" in search(["sensitivity"])[0][1]
    names = [metric.name for metric, _ in search(["calibration"])]
    assert {"ece", "mce", "ace", "calibration_slope"} <= set(names)
    assert names.index("calibration_slope") < names.index("ece")
    assert [metric.name for metric, _ in search(["squared", "correlation"])] == []
    assert all(REGRESSION in metric.tasks for metric, _ in search(["error"], REGRESSION))
    assert search(["zzz"]) == []


def test_aliases_lead_back_to_their_metric() -> None:
    for metric in METRICS:
        for alias, target in aliases_of(metric).items():
            assert name_of(target) == metric.name
            assert metric.name in {found.name for found in find_metrics(alias)}


def test_one_look_up_for_all_that_takes_names(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob\n" + "a,0.2\nb,0.7\nb,0.4\na,0.6\n" * 10)
    report = cli(
        "score", path, "-m", "AUC,sensitivity,default,-f1-score", "--fail-under", "tpr=0.1", "-f", "json"
    )
    found = report.json
    assert {"roc_auc", "recall"} <= set(found["metrics"])
    assert "f1" not in found["metrics"]
    assert [(r["rule"], r["asked"], r["metric"]) for r in found["gate"]["rules"]] == [
        ("recall>=0.1", "recall", "recall")
    ]
    only = cli("score", path, "--only", "ppv,macro_f1", "--with-names").out
    assert [line.split("\t")[0] for line in only.splitlines()] == ["precision", "f1_macro"]
    tuned = cli("threshold", path, "--maximize", "F1-score", "-f", "json").json
    assert tuned["goal"]["maximize"] == "f1"
    assert_refused(
        cli("score", path, "--only", "f1:macro"), "'macro' is an average", "did you mean f1_macro?"
    )
    asked = assert_refused(
        cli("score", path, "--only", "recall:1"), "class 1 is 'b', counted from 0", "'a', counted from 1"
    )
    assert "did you mean recall:b?; or did you mean recall:a?" in asked
