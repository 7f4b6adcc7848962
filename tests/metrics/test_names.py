from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import UsageError
from evalcli.gate.rules import lookup, parse_rule
from evalcli.metrics import Context, everything, select
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, TASKS
from evalcli.text import split_names, typed_name
from support.command_line import Cli, assert_refused

AVERAGED_F1 = ["f1_macro", "f1_micro", "f1_weighted"]
ODD = ("a b", "c=d", "e:f", "g*h", "i,j", "漢字")
CONTEXTS = {
    "binary": Context(BINARY, ("no", "yes"), 1),
    "multiclass": Context(MULTICLASS, ODD),
    "multilabel": Context(MULTILABEL, ODD),
    "regression": Context(REGRESSION, quantiles=(0.1, 0.5, 0.9), available=frozenset({"point", "quantiles"})),
}


def keys(task: str, *wanted: str) -> list[str]:
    return [request.key for request in select(wanted, CONTEXTS[task])]


@pytest.mark.parametrize("task", TASKS)
def test_all_is_everything_and_the_default_is_some_of_it(task: str) -> None:
    everything_ = [request.key for request in everything(CONTEXTS[task])]
    assert keys(task, "all") == everything_
    default = keys(task, "default")
    assert set(default) < set(everything_)
    assert len(default) <= 20
    plain = [name for name in TASKS[task].defaults if not name.endswith("*")]
    assert [key for key in default if key in plain] == [name for name in plain if name in everything_]


def test_every_key_is_a_name() -> None:
    """The names in a report can be requested."""
    for context in CONTEXTS.values():
        for request in everything(context, classes=True, on_request=True):
            assert [found.key for found in select([request.key], context)] == [request.key]


@pytest.mark.parametrize(
    ("task", "wanted", "expected"),
    [
        ("binary", ["f1", "f1", "mcc"], ["f1", "mcc"]),
        ("binary", ["roc_auc*"], ["roc_auc", "roc_auc@0.1"]),
        ("binary", ["roc_auc@0.25"], ["roc_auc@0.25"]),
        ("binary", ["f1", "*_intercept", "-f1"], ["calibration_intercept"]),
        ("binary", ["f1_macro", "specificity_micro", "fbeta_weighted@3"], None),
        ("binary", ["f1*", "jaccard*", "cohen_kappa*"], ["f1", "jaccard", "cohen_kappa"]),
        ("binary", ["f1_*", "cohen_kappa_*"], [*AVERAGED_F1, "cohen_kappa_linear", "cohen_kappa_quadratic"]),
        ("binary", ["jaccard_[mw]*", "-*_micro"], ["jaccard_macro", "jaccard_weighted"]),
        ("binary", ["*1_macro", "fbeta_mi*"], ["f1_macro", "fbeta_micro@0.5", "fbeta_micro@2"]),
        ("multiclass", ["f1"], ["f1_macro"]),
        ("multiclass", ["fbeta@3"], ["fbeta_macro@3"]),
        ("multiclass", ["roc_auc_ovo*"], ["roc_auc_ovo_macro", "roc_auc_ovo_weighted"]),
        ("multiclass", ["recall:a b", "recall:c=d", "recall:e:f", "recall:g*h", "recall:漢字"], None),
        ("multiclass", ["recall:*"], [f"recall:{name}" for name in ODD]),
        ("multiclass", ["recall:*", "-recall:?,j"], [f"recall:{name}" for name in ODD if name != "i,j"]),
        ("multiclass", ["top_k_accuracy@*"], [f"top_k_accuracy@{k}" for k in (2, 3, 5)]),
        ("multilabel", ["f1"], ["f1_macro"]),
        ("multilabel", ["jaccard_samples", "roc_auc"], ["jaccard_samples", "roc_auc_macro"]),
        ("regression", ["pinball@*"], ["pinball@0.1", "pinball@0.5", "pinball@0.9"]),
        ("regression", ["interval_*"], ["interval_coverage@0.8", "interval_width@0.8"]),
        ("regression", ["tweedie_deviance@3"], ["tweedie_deviance@3"]),
    ],
)
def test_selections(task: str, wanted: list[str], expected: list[str] | None) -> None:
    assert keys(task, *wanted) == (wanted if expected is None else expected)


@pytest.mark.parametrize(
    ("task", "wanted", "words"),
    [
        ("binary", ["presicion", "neg_npv"], ["did you mean precision?", "did you mean npv?"]),
        ("binary", ["f1_samples"], ["'f1_samples' is not defined for binary data; binary data has 'f1'"]),
        ("binary", ["npv_macro"], ["'npv' has no average 'macro'"]),
        ("binary", ["roc_auc@1.5"], ["a false positive rate above 0 and below 1"]),
        ("binary", ["fbeta"], ["fbeta@BETA needs a number above 0, e.g. fbeta@0.5"]),
        ("binary", ["f1@2"], ["f1 takes no parameter"]),
        ("binary", ["mcc:yes"], ["mcc has no value for a single class"]),
        ("binary", ["recall:yess"], ["no class 'yess'", "did you mean recall:yes?"]),
        ("binary", ["zzz*"], ["no metric of binary data matches 'zzz*'"]),
        ("binary", ["f1", "-f1"], ["no metrics selected"]),
        ("multiclass", ["top_k_accuracy@7"], ["a whole number from 1 to the number of classes"]),
        ("multiclass", ["top_k_accuracy@1.5"], ["a whole number"]),
        ("multiclass", ["roc_auc_ovo_macro@0.1"], ["with a parameter use", "roc_auc_ovr_macro@0.1"]),
        ("regression", ["pinball@0.2"], ["a level between 0 and 1 with a quantile column"]),
        ("regression", ["interval_coverage@0.9"], ["a quantile column at both ends"]),
        ("regression", ["tweedie_deviance@0.5"], ["at most 0 or at least 1"]),
        ("regression", ["accuracy"], ["not defined for regression data"]),
    ],
)
def test_wrong_names_are_told_at_once(task: str, wanted: list[str], words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        select(wanted, CONTEXTS[task])
    for word in words:
        assert word in str(caught.value)


def test_a_report_of_odd_class_names(cli: Cli, tmp_path: Path) -> None:
    names = [name for name in ODD if name != "i,j"]
    rows = "".join(f"{name},{names[(j + 1) % 5]}\n{name},{name}\n" for j, name in enumerate(names))
    (tmp_path / "p.csv").write_text("label,pred\n" + rows, encoding="utf-8")
    result = cli("score", tmp_path / "p.csv", "-f", "json", "-m", "recall:g*h", "--fail-under", "f1:e:f=0.1")
    assert list(result.json["metrics"]) == ["recall:g*h", "f1:e:f"]
    assert result.code == 0


def test_a_plain_name_means_the_average(cli: Cli, cifar10: tuple[object, ...]) -> None:
    by_default = cli("score", *cifar10, "-m", "f1,roc_auc", "-f", "json").json["metrics"]
    assert list(by_default) == ["f1_macro", "roc_auc_ovr_macro"]
    weighted = cli("score", *cifar10, "-m", "f1,roc_auc", "--average", "weighted", "-f", "json").json[
        "metrics"
    ]
    assert list(weighted) == ["f1_weighted", "roc_auc_ovr_weighted"]


def test_awkward_class_names(cli: Cli, tmp_path: Path) -> None:
    names = ["a=b", "c:d", "é è", "漢字"]
    rows = "".join(f"{name},{names[(j + 1) % 4]}\n{name},{name}\n" for j, name in enumerate(names))
    (tmp_path / "p.csv").write_text("label,pred\n" + rows, encoding="utf-8")
    result = cli(
        "score",
        tmp_path / "p.csv",
        "-f",
        "json",
        "-m",
        "recall:c:d,recall:漢字",
        "--fail-under",
        "recall:a=b=0.5",
    )
    assert result.code == 0
    assert list(result.json["metrics"]) == ["recall:c:d", "recall:漢字", "recall:a=b"]


NAMES = st.lists(
    st.text(st.sampled_from('ab,":=@* [') | st.characters(categories=("L", "P", "Z")), min_size=1, max_size=6)
    | st.sampled_from(["a,b", "x@each", " sp ", '"a,b"', "a*", "a", '"', '""', "f1=0.9", "b]"]),
    min_size=2,
    max_size=5,
    unique=True,
)


@given(NAMES)
def test_a_class_of_any_name_can_be_named(names: list[str]) -> None:
    """In lists of metrics, alone and among others, and in rules, whatever other classes are called."""
    context = Context(MULTICLASS, tuple(names))
    keys = [f"recall:{name}" for name in names]
    typed = [typed_name(key) for key in keys]
    words = split_names([",".join(["f1_macro", *typed])])
    assert [request.key for request in select(words, context)] == ["f1_macro", *keys]
    for key, text in zip(keys, typed, strict=True):
        for each in ("", "@each"):
            (rule,) = lookup([parse_rule(f" {text}{each} = 0.5", "under")], context)
            assert (rule.asked.each, [request.key for request in rule.requests]) == (bool(each), [key])


def test_classes_that_need_quotes(cli: Cli, tmp_path: Path) -> None:
    """Without them the message says so, quoted for a shell."""
    (tmp_path / "p.csv").write_text(
        "label,pred\n" + 3 * '"a,b","a,b"\nx@each,x@each\n" sp "," sp "\nc*,c*\ncd,cd\n'
    )
    score = ("score", tmp_path / "p.csv")
    result = cli(*score, "--only", 'recall:"a,b",recall:"x@each",recall:" sp ",recall:"c*"', "--with-names")
    assert result.out == "recall:a,b\t1.0\nrecall:x@each\t1.0\nrecall: sp \t1.0\nrecall:c*\t1.0\n"
    for option, typed, way in (
        ("-m", "recall:a,b", "'recall:\"a,b\"'"),
        ("-m", "recall:sp", "'recall:\" sp \"'"),
        ("-m", "recall:c*", "'recall:\"c*\"'"),
        ("--fail-under", "recall: sp =0.9", "'recall:\" sp \"'"),
        ("--fail-under", "recall:x@each=0.9", "'recall:\"x@each\"'"),
    ):
        refused = assert_refused(cli(*score, option, typed), way)
        assert "Traceback" not in refused
        rule = "=0.9" if option.startswith("--fail") else ""
        assert cli(*score, option, shlex.split(way)[0] + rule).code == 0


def test_a_rule_on_a_class_is_not_that_on_slices(cli: Cli, tmp_path: Path) -> None:
    rows = "".join(f"{label},{label},{g}\n" for g in "uv" for label in ("x", "x@each") * 20)
    (tmp_path / "p.csv").write_text("label,pred,g\n" + rows)
    rules = ('recall:"x@each"=0.8', "recall:x@each=0.9", 'recall:"x@each"@each=0.7')
    options = [word for rule in rules for word in ("--fail-under", rule)]
    found = cli("score", tmp_path / "p.csv", "--by", "g", "-f", "json", *options).json["gate"]["rules"]
    assert [(rule["metric"], rule["threshold"]) for rule in found] == [
        ("recall:x@each", 0.8),
        *[(f"recall:x@g={g}", 0.9) for g in "uv"],
        *[(f"recall:x@each@g={g}", 0.7) for g in "uv"],
    ]
