from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.engine.compare import compare
from evalcli.gate.changes import compare_rules
from evalcli.inputs.options import Options
from support.comparing import two_models, written


def test_power_says_how_many_rows_a_change_needs(tmp_path: Path) -> None:
    y, old, new = two_models(600)
    labels, *models = written(tmp_path, y, old, new)
    options = [(m.name, Options(str(m), labels=str(labels), metrics=("accuracy",))) for m in models]
    comparison = compare(options, rules=compare_rules(detect=["accuracy=0.01"])).comparison
    (power,) = (p for p in comparison.against[0].power if p.metric == "accuracy")
    flips = comparison.against[0].flips
    assert flips is not None and power.needed is not None
    differing = (flips.broken + flips.fixed) / 600
    assert power.seen == pytest.approx(2.8 * np.sqrt(differing / 600), rel=0.15)
    assert power.needed == pytest.approx(600 * (power.seen / 0.01) ** 2, rel=0.01)


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_tasks_without_classes_of_rows_have_changes_and_no_flips(task: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(300, 2)) if task == "regression" else (rng.random((300, 2)) < 0.4).astype(float)
    files = []
    for number, noise in enumerate((0.5, 0.3)):
        path = tmp_path / f"m{number}.csv"
        scores = truth + rng.normal(0, noise, (300, 2))
        if task == "regression":
            rows = "".join(f"{y},{p}\n" for y, p in zip(truth[:, 0], scores[:, 0], strict=True))
            path.write_text("target,prediction\n" + rows)
        else:
            scores = np.clip(scores, 0.01, 0.99)
            rows = "".join(f"{a:.0f},{b:.0f},{c},{d}\n" for (a, b), (c, d) in zip(truth, scores, strict=True))
            path.write_text("label_a,label_b,prob_a,prob_b\n" + rows)
        files.append(path)
    given = {} if task == "regression" else {"label_cols": ("label_*",), "score_cols": ("prob_*",)}
    comparison = compare([(p.name, Options(str(p), **given)) for p in files]).comparison
    assert comparison.task == task
    assert comparison.against[0].flips is None
    metric = "rmse" if task == "regression" else "f1_macro"
    assert comparison.find(metric).meaning == "better"
