from __future__ import annotations

import math

import evalcli
from evalcli.report.operating_point import operating_point, threshold_of
from support.drawing import report


def test_of_scores_it_is_at_the_threshold() -> None:
    source = report("binary")
    assert source.confusion is not None and threshold_of("binary", source.input, "1") == math.nextafter(
        0.5, 1
    )
    (_, fp), (_, tp) = source.confusion
    assert operating_point(source) == (tp, fp)
    assert threshold_of("binary", report("binary", threshold=0.3).input, "1") == 0.3
    labels = report("multilabel", threshold="0=0.2,1=0.4")
    assert threshold_of("multilabel", labels.input, "1") == 0.4


def test_the_argmax_and_predicted_classes_have_no_threshold() -> None:
    assert (
        threshold_of("multiclass", report("multiclass").input, "1") is None
        and operating_point(report("multiclass")) is None
    )
    predicted = evalcli.evaluate(["no", "yes", "yes", "no"], y_pred=["no", "yes", "no", "no"])
    assert threshold_of("binary", predicted.input, "yes") is None and operating_point(predicted) == (1, 0)
