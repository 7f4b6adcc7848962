from __future__ import annotations

import shlex

import pytest

from evalcli.errors import UsageError
from evalcli.gate.judge import judge
from evalcli.gate.rule_text import RuleText, asked_rules, parse_rule
from evalcli.report.verdict import Kind
from support.builders import made_report
from support.command_line import Cli, Save, assert_refused


@pytest.mark.parametrize(
    ("text", "kind", "name", "limit"),
    [
        ("f1=0.8", "under", "f1", "0.8"),
        ("f1>=0.8", "under", "f1", "0.8"),
        (" f1 >= 80% ", "under", "f1", "80%"),
        ("AUC >= .9", "under", "roc_auc", ".9"),
        ("log_loss<=0.5", "over", "log_loss", "0.5"),
        ("recall:cat=0.8", "under", "recall:cat", "0.8"),
        ('recall:"a,b">=0.8', "under", 'recall:"a,b"', "0.8"),
        ("sensitivity@each>=0.8", "under", "recall@each", "0.8"),
        ("recall:cat@each>=0.8", "under", "recall:cat@each", "0.8"),
        ("roc_auc@0.1>=0.6", "under", "roc_auc@0.1", "0.6"),
        ("*_macro>=0.6", "under", "*_macro", "0.6"),
        ("f1>=baseline-0.01", "drop", "f1", "0.01"),
        ("log_loss <= baseline + 1%", "drop", "log_loss", "1%"),
        ("default=1%", "drop", "default", "1%"),
    ],
)
def test_rules_as_typed_and_as_printed(text: str, kind: Kind, name: str, limit: str) -> None:
    rule = parse_rule(text, kind)
    assert (rule.name, rule.text, rule.kind) == (name, limit, kind)


@pytest.mark.parametrize(
    ("text", "kind", "what", "hint"),
    [
        ("f1<=0.8", "under", "sets a lower limit, but <= is an upper one", "--fail-under f1=0.8"),
        ("log_loss<=0.5", "under", "sets a lower limit, but <= is an upper one", "--fail-over log_loss=0.5"),
        ("log_loss>=0.5", "over", "sets an upper limit, but >= is a lower one", "--fail-over log_loss=0.5"),
        ("prevalence<=0.5", "under", "an upper one", "--fail-over prevalence=0.5"),
        ("f1>0.8", "under", "a value equal to the limit passes", "--fail-under 'f1>=0.8'"),
        ("f1:0.8", "under", "not NAME=VALUE", "did you mean --fail-under f1=0.8?"),
        ("f1", "over", "not NAME=VALUE", "--fail-over log_loss=0.5"),
        ("f1=0.8,recall=0.7", "under", "one rule per option", "--fail-under f1=0.8 --fail-under recall=0.7"),
        (
            "f1>=0.8, AUC>=0.7",
            "under",
            "one rule per option",
            "--fail-under 'f1>=0.8' --fail-under 'AUC>=0.7'",
        ),
        ("f1>=baseline-1%", "under", "relative to the baseline are drops", "--max-drop f1=1%"),
        ("f1<=baseline+1%", "drop", "a drop has no sign", "--max-drop f1=1%"),
        ("f1<=0.01", "drop", "a drop has no sign", "--max-drop f1=0.01"),
        ("presicion=0.8", "under", "unknown metric 'presicion'", "did you mean precision=0.8?"),
        ("recall@0.5=0.8", "under", "recall takes no parameter", "recall@each is on every slice, in rules"),
        ("precision@5=0.8", "under", "ranked lists", "did you mean precision=0.8?"),
    ],
)
def test_what_is_refused_says_what_to_type(text: str, kind: Kind, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_rule(text, kind)
    assert what in caught.value.what
    assert str(caught.value.hint) == hint


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("f1:macro=0.8", "'macro' is an average, not a class", "did you mean f1_macro=0.8?"),
        ("recall:1=0.8", "no class '1'", "did you mean recall:dog=0.8?; or did you mean recall:cat=0.8?"),
        ("recall:0=0.8", "no class '0'", "did you mean recall:cat=0.8?"),
        ("recall:cat<=0.8", "an upper one", "--fail-under recall:cat=0.8"),
    ],
)
def test_what_only_the_classes_show(text: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        judge(made_report({"f1_macro": 0.9}), asked_rules(fail_under=[text]))
    assert what in caught.value.what
    assert str(caught.value.hint) == hint


def test_a_sign_may_be_of_the_class(cli: Cli, saved: Save) -> None:
    """A class called <unk> keeps its name; as printed its rule has both signs."""
    path = saved("p.csv", "label,pred\n" + "<unk>,<unk>\ncat,cat\ndog,dog\ncat,dog\n" * 3)
    for typed in ("recall:<unk>=0.5", "recall:<unk>>=0.5", "recall:<unk> >= 0.5"):
        (rule,) = cli("score", path, "--fail-under", typed, "-f", "json").json["gate"]["rules"]
        assert (rule["metric"], rule["rule"], rule["verdict"]) == (
            "recall:<unk>",
            "recall:<unk>>=0.5",
            "pass",
        )
    (rule,) = cli("score", path, "--fail-under", "recall:cat>=0.5", "-f", "json").json["gate"]["rules"]
    assert (rule["metric"], rule["rule"]) == ("recall:cat", "recall:cat>=0.5")


def test_every_printed_rule_can_be_typed(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob,g\n" + "a,0.2,u\nb,0.7,u\nb,0.4,v\na,0.6,v\n" * 20)
    base = path.with_suffix(".json")
    assert cli("score", path, "-o", base).code == 0
    common = ("score", path, "--baseline", base, "-f", "json")
    typed = (
        "--fail-under",
        "f1=0.1",
        "--fail-over",
        "log_loss=5",
        "--max-drop",
        "f1=1%",
        "--max-drop",
        "ece=0.1",
    )
    first = cli(*common, *typed, "--fail-on", "never-predicted").json["gate"]["rules"]
    options = {"under": "--fail-under", "over": "--fail-over", "drop": "--max-drop", "note": "--fail-on"}
    again = [word for rule in first for word in (options[rule["kind"]], rule["rule"])]
    assert cli(*common, *again).json["gate"]["rules"] == first


def test_default_drops(cli: Cli, saved: Save) -> None:
    """The default metrics that the file has and whose direction is known; so are patterns."""
    path = saved("p.csv", "label,pred\n" + "a,a\nb,b\nb,a\na,a\n" * 5)
    base = path.with_suffix(".json")
    assert cli("score", path, "-o", base).code == 0
    common = ("score", path, "--baseline", base, "-f", "json")
    gate = cli(*common, "--max-drop", "default=1%").json["gate"]
    assert (gate["verdict"], len(gate["rules"])) == ("pass", 7)
    assert {rule["asked"] for rule in gate["rules"]} == {"default"}
    assert "f1>=baseline-1%" in [rule["rule"] for rule in gate["rules"]]
    shown = cli("show", base, "--baseline", base, "--max-drop", "default=1%", "-f", "json").json["gate"]
    assert shown["rules"] == gate["rules"]
    named = cli(*common, "--max-drop", "default=1%", "--max-drop", "f1=0.5").json["gate"]["rules"]
    assert [rule["allowed"] for rule in named if rule["metric"] == "f1"] == ["0.5"]
    pattern = cli(*common, "--max-drop", "pre*=0.5").json["gate"]["rules"]
    assert [rule["metric"] for rule in pattern] == ["precision", "precision_at_recall@0.9"]
    assert_refused(
        cli("score", path, "--baseline", base, "--max-drop", "preva*=0.5"), "has no better direction"
    )
    assert_refused(cli("score", path, "--fail-under", "default=0.5"), "unknown metric 'default'")


def test_hints_for_several_rules_are_words_of_a_shell() -> None:
    with pytest.raises(UsageError) as caught:
        parse_rule('f1=0.8,recall:"a,b">=0.7', "under")
    words = shlex.split(str(caught.value.hint))
    assert words == ["--fail-under", "f1=0.8", "--fail-under", 'recall:"a,b">=0.7']
    assert parse_rule(words[3], "under") == RuleText(
        "under", 'recall:"a,b"', "0.7", parse_rule("f1=0.7", "under").limit
    )
