from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.compare import compare
from evalcli.errors import UsageError
from evalcli.gate.changes import compare_rules
from evalcli.inputs.options import Options
from evalcli.report.comparison import Comparison
from support.comparing import two_models, written


def judged(tmp_path: Path, gain: float, **rules) -> Comparison:  # type: ignore[no-untyped-def]
    y, old, new = two_models(1500, gain=gain)
    labels, *models = written(tmp_path, y, old, new)
    options = [
        (m.name, Options(str(m), labels=str(labels), metrics=("accuracy", "log_loss"))) for m in models
    ]
    return compare(options, rules=compare_rules(**rules)).comparison


def test_a_better_model_passes(tmp_path: Path) -> None:
    comparison = judged(
        tmp_path, 0.8, not_worse=["accuracy=0.01", "log_loss=1%"], better=["accuracy"], max_broken=["20%"]
    )
    assert [rule.verdict for rule in comparison.rules] == ["pass"] * 4
    assert comparison.verdict == "pass"
    assert comparison.find("log_loss").margin == pytest.approx(0.01 * (comparison.find("log_loss").old or 0))


def test_a_worse_model_fails(tmp_path: Path) -> None:
    comparison = judged(tmp_path, -0.8, not_worse=["accuracy=0.01"], better=["accuracy"], max_broken=["0.1%"])
    assert [rule.verdict for rule in comparison.rules] == ["fail"] * 3


def test_a_change_across_the_margin_is_undecided(tmp_path: Path) -> None:
    comparison = judged(tmp_path, 0.02, not_worse=["accuracy=0.004"])
    assert {rule.verdict for rule in comparison.rules} == {"undecided"}
    assert comparison.verdict == "undecided"
    assert "more rows would decide it" in str(comparison.rules[0].reason)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"not_worse": ["accuracy=-0.1"]}, "not negative"),
        ({"not_worse": ["accuracy"]}, "is not NAME=VALUE"),
        ({"not_worse": ["acuracy=0.1"]}, "accuracy"),
        ({"better": ["nope"]}, "unknown metric 'nope'"),
        ({"max_broken": ["2"]}, "not a share"),
        ({"max_broken": ["x%"]}, "not a share"),
        ({"max_broken": ["@=1%"]}, "which slice"),
        ({"detect": ["accuracy=x"]}, "is not NAME=VALUE"),
    ],
)
def test_wrong_rules_are_refused(rules: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        compare_rules(**rules)  # type: ignore[arg-type]
