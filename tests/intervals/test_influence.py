"""Influences of rows: against leaving each row out, SciPy and the definition of DeLong's variance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import evalcli
from evalcli.engine.measured import Measured
from evalcli.engine.plan import Wanted
from evalcli.engine.run import prepare
from evalcli.engine.stream import run_pass
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options
from evalcli.intervals.influence import has_influence
from evalcli.intervals.paired import of_influences
from evalcli.metrics import METRICS
from evalcli.metrics.sources import Bins, ByRows

N = 240


def measured(tmp_path, frame, metrics, name="rows.csv", **more):  # type: ignore[no-untyped-def]
    """A model on rows, in the order of their hashes."""
    path = tmp_path / name
    frame.to_csv(path, index=False)
    options = Options(str(path), metrics=tuple(metrics), **more)
    run = prepare(open_inputs(options), options, Wanted(tuple(metrics), per_class=False, paired=True))
    with run_pass(run) as result:
        return Measured.of(run.plan.requests, result.summary, run.plan.sampled, 0.95)


def table(task: str, seed: int = 0):  # type: ignore[no-untyped-def]
    """Rows of a task, and how their columns are named in Python."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    if task == "regression":
        y = rng.gamma(3.0, size=N) + 0.5
        return pd.DataFrame({"target": y, "prediction": np.abs(y + rng.normal(0, 0.7, N)) + 0.1})
    if task == "binary":
        y = rng.random(N) < 0.4
        p = np.round(1 / (1 + np.exp(-(rng.normal(size=N) + 1.6 * y - 0.8))), 2)
        return pd.DataFrame({"label": y.astype(int), "prob": p})
    if task == "multiclass":
        c = rng.choice(3, N, p=[0.5, 0.3, 0.2])
        z = rng.normal(size=(N, 3)) + 1.2 * np.eye(3)[c]
        p = np.round(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), 3)
        p[:, 2] = 1 - p[:, 0] - p[:, 1]
        return pd.DataFrame({"label": c, **{f"prob_{i}": p[:, i] for i in range(3)}})
    truth = rng.random((N, 2)) < 0.4
    p = 1 / (1 + np.exp(-(rng.normal(size=(N, 2)) + truth)))
    return pd.DataFrame(
        {"label_a": truth[:, 0] + 0, "label_b": truth[:, 1] + 0, "prob_a": p[:, 0], "prob_b": p[:, 1]}
    )


def left_out(task, frame, keys):  # type: ignore[no-untyped-def]
    """Values without each row, (rows, metrics), from whole reports."""

    def values(rows):  # type: ignore[no-untyped-def]
        given = {"metrics": list(keys), "no_intervals": True, "task": task}
        if task == "regression":
            report = evalcli.evaluate(rows.target, rows.prediction, **given)
        elif task == "multilabel":
            report = evalcli.evaluate(
                rows[["label_a", "label_b"]], rows[["prob_a", "prob_b"]].to_numpy(), **given
            )
        elif task == "binary":
            report = evalcli.evaluate(rows.label, rows.prob, scores="probabilities", positive=1, **given)
        else:
            report = evalcli.evaluate(
                rows.label, rows.iloc[:, 1:].to_numpy(), scores="probabilities", **given
            )
        return [report.metrics[key].value for key in keys]

    return np.array(values(frame)), np.array([values(frame.drop(index=i)) for i in range(0, N, 4)], float)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "multilabel"])
def test_an_influence_is_what_leaving_the_row_out_changes(task: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    frame = table(task)
    more = {"label_cols": ("label_*",), "score_cols": ("prob_*",)} if task == "multilabel" else {}
    found = measured(tmp_path, frame, ["all"], **more)
    keys = list(found.influences)
    assert len(keys) >= 3
    declared = [r for r in found.requests if isinstance(r.metric.source, ByRows | Bins)]
    assert declared or task == "multilabel"
    whole, without = left_out(task, frame, keys)
    order = np.argsort(_hashes(N))
    for index, key in enumerate(keys):
        of_rows = np.empty(N)
        of_rows[order] = found.influences[key].of_units
        expected = (whole[index] - without[:, index]) * (N - 1) / N
        got = of_rows[::4]
        # a bin whose gap is near 0 changes sides without a row
        off = np.quantile(np.abs(got - expected), 0.75 if key == "ece" else 1.0)
        assert off <= 0.1 * np.abs(expected).max(), key


def _hashes(n: int):  # type: ignore[no-untyped-def]
    from evalcli.blocks.row_hashes import hash_rows

    return hash_rows(np.arange(n), 0)


def test_a_loss_has_the_paired_t_interval_and_an_area_delongs(tmp_path) -> None:  # type: ignore[no-untyped-def]
    old, new = table("binary"), table("binary")
    rng = np.random.default_rng(5)
    new["prob"] = np.clip(new.prob + rng.normal(0.02, 0.1, N) * np.where(new.label, 1, -1), 0.01, 0.99).round(
        3
    )
    sides = [
        measured(tmp_path, frame, ["log_loss", "roc_auc"], f"{i}.csv") for i, frame in enumerate((old, new))
    ]

    def paired(key: str):  # type: ignore[no-untyped-def]
        change = sides[1].values[key].value - sides[0].values[key].value
        return of_influences(sides[0].influences[key], sides[1].influences[key], change, 0.95)

    losses = [-np.log(np.where(f.label == 1, f.prob, 1 - f.prob)) for f in (old, new)]
    expected = stats.ttest_rel(losses[1], losses[0])
    found = paired("log_loss")
    assert found.interval == pytest.approx(tuple(expected.confidence_interval(0.95)), rel=1e-3)
    assert found.p == pytest.approx(expected.pvalue, rel=0.02)

    y = old.label.to_numpy() == 1
    areas, positives, negatives = [], [], []
    for frame in (old, new):
        s = frame.prob.to_numpy()
        wins = (s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y])
        areas.append(wins.mean())
        positives.append(wins.mean(axis=1))
        negatives.append(wins.mean(axis=0))
    variance = np.var(positives[1] - positives[0], ddof=1) / y.sum()
    variance += np.var(negatives[1] - negatives[0], ddof=1) / (~y).sum()
    found = paired("roc_auc")
    assert found.change == pytest.approx(areas[1] - areas[0])
    assert found.error == pytest.approx(np.sqrt(variance), rel=0.01)


def test_groups_and_weights(tmp_path) -> None:  # type: ignore[no-untyped-def]
    frame = table("binary")
    frame["user"] = np.arange(N) // 4
    grouped = measured(tmp_path, frame, ["log_loss"], group="user").influences["log_loss"]
    loss = -np.log(np.where(frame.label == 1, frame.prob, 1 - frame.prob))
    sums = (loss - loss.mean()).reshape(-1, 4).sum(axis=1) / N
    units = N // 4
    assert len(grouped.of_units) == units
    assert np.square(grouped.of_units).sum() == pytest.approx(np.square(sums).sum() * units / (units - 1))
    frame["w"] = 1.0 + np.arange(N) % 3
    weighted = measured(tmp_path, frame.drop(columns="user"), ["log_loss"], weight_col="w").influences[
        "log_loss"
    ]
    mean = np.average(loss, weights=frame.w)
    expected = (frame.w * (loss - mean) / frame.w.sum()).pow(2).sum() * N / (N - 1)
    assert np.square(weighted.of_units).sum() == pytest.approx(expected)


def test_metrics_without_a_formula_are_drawn() -> None:
    from evalcli.metrics import Request
    from evalcli.metrics.stacks import context_of
    from evalcli.tasks import REGRESSION

    known = {metric.name: metric for metric in METRICS.of(REGRESSION)}
    context = context_of(REGRESSION, 0)
    assert has_influence(Request(known["rmse"]), context)
    assert not has_influence(Request(known["spearman"]), context)
