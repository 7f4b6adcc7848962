from __future__ import annotations

from evalcli.report.headline import headline_of


def test_the_usual_metric_or_the_first_with_a_better_direction() -> None:
    assert headline_of("binary", None, {"accuracy": "higher", "f1": "higher"}) == "f1"
    assert headline_of("multiclass", "weighted", {"mcc": "higher", "f1_macro": "higher"}) == "f1_macro"
    assert headline_of("binary", "macro", {"mcc": "higher", "f1_macro": "higher"}) == "f1_macro"
    assert headline_of("regression", None, {"bias": "none", "rmse": "lower"}) == "rmse"
    assert headline_of("regression", None, {"bias": "none"}) is None
