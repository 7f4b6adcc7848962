"""Intervals against independent ones, and what keeps them from being there."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import average_precision_score, f1_score, matthews_corrcoef, roc_auc_score

from conftest import FIXTURES, Result
from evalcli.blocks import ClassBlock
from evalcli.intervals.methods import METHODS
from evalcli.intervals.scales import on_scale, student_quantile, wilson
from evalcli.metrics import METRICS, Request, Study, values_of
from evalcli.statistics import ClassScores, Confusion, Ranking, redrawn
from evalcli.statistics.area_variance import influences, sums_of_keys
from evalcli.statistics.curves import curve_of_keys, keys_of, sort_keys

Cli = Callable[..., Result]
RNG = np.random.default_rng(11)


@pytest.mark.parametrize(("hits", "total"), [(0, 40), (40, 40), (1, 7), (450, 1000)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilson(hits: int, total: int, confidence: float) -> None:
    expected = stats.binomtest(hits, total).proportion_ci(confidence, method="wilson")
    assert wilson(hits, total, confidence) == pytest.approx(tuple(expected), abs=1e-12)


def test_student_between_one_and_two_is_the_wider_one() -> None:
    assert student_quantile(0.95, 1.5) >= stats.t.ppf(0.975, 1.5)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 29.5, 1e4, math.inf])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
def test_student(freedom: float, confidence: float) -> None:
    expected = stats.t.ppf(0.5 + confidence / 2, freedom)
    assert student_quantile(confidence, freedom) == pytest.approx(expected, rel=1e-4)


@given(
    st.floats(0.001, 0.999),
    st.floats(1e-6, 2.0),
    st.sampled_from([(0.0, 1.0), (0.0, math.inf), (-math.inf, 1.0), (-math.inf, math.inf)]),
)
def test_a_scale_keeps_within_its_limits(value: float, error: float, limits: tuple[float, float]) -> None:
    ends = on_scale(value, error, limits, 20, 0.95)
    assert ends is not None
    assert limits[0] <= ends[0] <= value <= ends[1] <= limits[1]


def ranked(n: int, k: int, ties: bool) -> tuple[Any, Any, Ranking]:
    truth = RNG.integers(0, k, n)
    scores = RNG.normal(size=(k, n))
    scores[truth, np.arange(n)] += 1.0
    p = np.exp(scores) / np.exp(scores).sum(axis=0)
    p = np.round(p, 1 if ties else 6)
    block = ClassBlock(truth, p.copy(), None, k)
    return truth, p, ClassScores(spread=True).of(block).finish(map)


def delong(p: Any, positive: Any) -> Any:
    """What each row adds, from all pairs."""
    wins = (p[positive][:, None] > p[~positive]) + 0.5 * (p[positive][:, None] == p[~positive])
    added = np.empty(len(p))
    added[positive] = (wins.mean(axis=1) - wins.mean()) / positive.sum()
    added[~positive] = (wins.mean(axis=0) - wins.mean()) / (~positive).sum()
    return added


@pytest.mark.parametrize("ties", [False, True])
def test_the_variance_of_roc_auc_is_delongs(ties: bool) -> None:
    truth, p, ranking = ranked(400, 4, ties)
    both = []
    for c in range(4):
        positive = truth == c
        added = delong(p[c], positive)
        m, n = positive.sum(), (~positive).sum()
        expected = (added[positive] ** 2).sum() * m / (m - 1) + (added[~positive] ** 2).sum() * n / (n - 1)
        sums = ranking.sums[c]
        assert sums.squares is not None
        assert sums.squares.roc_auc_variance(sums) == pytest.approx(expected, rel=1e-9)
        both.append(added)
    expected = np.square(np.mean(both, axis=0)).sum()
    assert np.square(ranking.influences[:, 0].mean(axis=0)).sum() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("score", [roc_auc_score, average_precision_score])
def test_an_influence_is_what_a_row_adds(ties: bool, score: Any) -> None:
    n = 60
    positive = RNG.random(n) < 0.4
    p = np.round(RNG.random(n), 1 if ties else 8)
    curve = curve_of_keys(sort_keys(keys_of(p.copy(), positive), map))
    found = influences(curve, curve.sums, p, positive)[int(score is average_precision_score)]
    step = 1e-6
    for row in range(n):
        weight = np.ones(n)
        weight[row] += step
        moved = (score(positive, p, sample_weight=weight) - score(positive, p)) / step
        assert found[row] == pytest.approx(moved, abs=1e-5)


def test_the_variance_of_average_precision_is_of_its_influences() -> None:
    n = 5000
    positive = RNG.random(n) < 0.3
    p = np.round(RNG.random(n) + 0.3 * positive, 2) / 2
    keys = sort_keys(keys_of(p.copy(), positive), map)
    curve = curve_of_keys(keys)
    added = influences(curve, curve.sums, p, positive)[1]
    sums = sums_of_keys([keys], map, squares=True)
    assert sums.squares is not None
    expected = np.square(added).sum() * n / (n - 1)
    assert sums.squares.average_precision_variance(sums) == pytest.approx(expected, rel=1e-9)


def test_long_curves_are_thinned_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    from evalcli.statistics import area_variance

    n = 300_000
    positive = RNG.random(n) < 0.4
    p = RNG.random(n) / 2 + 0.2 * positive * RNG.random(n)
    keys = sort_keys(keys_of(p.copy(), positive), map)
    monkeypatch.setattr(area_variance, "MOST", 1 << 30)
    exact = sums_of_keys([keys], map, squares=True)
    monkeypatch.undo()
    thin = sums_of_keys([keys], map, squares=True)
    assert exact.squares is not None
    assert thin.squares is not None
    assert thin.roc_auc == exact.roc_auc
    for name in ("roc_auc_variance", "average_precision_variance"):
        one, other = getattr(thin.squares, name)(thin), getattr(exact.squares, name)(exact)
        assert one == pytest.approx(other, rel=2e-3)


def test_a_table_that_is_drawn_anew_varies_as_its_rows_do() -> None:
    n, k = 600, 3
    truth = RNG.integers(0, k, n)
    predicted = np.where(RNG.random(n) < 0.7, truth, RNG.integers(0, k, n))
    table = Confusion().of(ClassBlock(truth, None, predicted, k)).table
    tables = redrawn(table, np.random.default_rng(0), 4000, 1 << 22)
    study = Study("multiclass", ("a", "b", "c"))
    rows = [RNG.integers(0, n, n) for _ in range(1500)]
    for request, score in (
        (Request(METRICS["f1"], "macro"), lambda y, h: f1_score(y, h, average="macro")),
        (Request(METRICS["mcc"]), matthews_corrcoef),
    ):
        drawn = values_of(request, tables, study)
        expected = np.std([score(truth[some], predicted[some]) for some in rows])
        assert drawn.std() == pytest.approx(expected, rel=0.08)


def test_many_cells_are_drawn_faster_and_alike() -> None:
    k = 120
    table = RNG.integers(0, 3, (k, k)) + 40 * np.eye(k, dtype=int)
    tables = redrawn(table, np.random.default_rng(0), 2000, 1 << 22)
    assert len(tables.n) < 2000
    assert tables.n.mean() == pytest.approx(table.sum(), rel=0.01)
    assert tables.support.mean(axis=0) == pytest.approx(table.sum(axis=1), rel=0.1)
    places = np.arange(k)
    apart = (np.abs(places[:, None] - places) ** 2 * table).sum()
    assert tables.disagreement(2).mean() == pytest.approx(apart, rel=0.02)
    assert tables.disagreement(0) == pytest.approx(tables.n - tables.correct)


# through the command line


def binary_file(folder: Path, n: int, name: str = "p.csv", **columns: Any) -> Path:
    rng = np.random.default_rng(n)
    y = rng.random(n) < 0.4
    p = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + 1.5 * y - 0.7))), 6)
    names = ["y", "p", *columns]
    rows = zip(y.astype(int), p, *columns.values(), strict=True)
    lines = [",".join(map(str, row)) for row in rows]
    path = folder / name
    path.write_text("\n".join([",".join(names), *lines, ""]))
    return path


def test_fewer_than_thirty_rows_have_no_interval_but_wilsons(cli: Cli, tmp_path: Path) -> None:
    data = cli("score", binary_file(tmp_path, 29), "-f", "json").json
    for score in data["metrics"].values():
        if score["value"] is not None and score.get("interval_method") != "wilson":
            assert score["interval_reason"] == "fewer than 30 rows"
    assert data["metrics"]["accuracy"]["interval_method"] == "wilson"
    assert "interval" in cli("score", binary_file(tmp_path, 30), "-f", "json").json["metrics"]["mcc"]


def test_one_class_alone_has_no_interval_of_areas(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("y,p\n" + "".join(f"{int(i == 0)},{i / 50}\n" for i in range(40)))
    metrics = cli("score", path, "-f", "json").json["metrics"]
    assert metrics["roc_auc"]["interval_reason"].startswith("fewer than 5 rows of the class")


def test_separated_classes_are_as_sure_as_their_rows(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("y,p\n" + "".join(f"{int(i >= 30)},{i / 50}\n" for i in range(50)))
    score = cli("score", path, "-f", "json").json["metrics"]["roc_auc"]
    assert score["value"] == 1.0
    assert score["interval"] == pytest.approx([wilson(20, 20, 0.95)[0], 1.0])


@pytest.mark.parametrize(
    ("given", "said"),
    [("95", "try: --confidence 0.95"), ("0", "not between 0 and 1"), ("1", "not between 0 and 1")],
)
def test_a_confidence_that_is_none(given: str, said: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("score", binary_file(tmp_path, 40), "--confidence", given)
    assert result.code == 2
    assert said in result.err


def test_the_same_seed_and_any_number_of_threads(cli: Cli, tmp_path: Path) -> None:
    path = binary_file(tmp_path, 300, g=np.arange(300) // 5)
    for more in ((), ("--group", "g")):
        arguments = ("score", path, "-f", "json", "-m", "all", *more)
        one, other, another = (
            cli(*arguments, "--jobs", "1").json,
            cli(*arguments, "--jobs", "3").json,
            cli(*arguments, "--seed", "5").json,
        )
        assert one["metrics"] == other["metrics"]
        assert another["evalcli"]["seed"] == 5
        assert one["metrics"]["mcc"]["interval"] != another["metrics"]["mcc"]["interval"]
        assert one["metrics"]["mcc"]["interval"] == pytest.approx(
            another["metrics"]["mcc"]["interval"], abs=0.03
        )


def test_intervals_can_be_left_out(cli: Cli, tmp_path: Path) -> None:
    data = cli("score", binary_file(tmp_path, 60), "-f", "json", "--no-intervals").json
    reasons = {score.get("interval_reason") for score in data["metrics"].values()}
    assert reasons == {"intervals were turned off"}


TASKS = {
    "binary": ("wnba/games.csv", "--label-col", "prob1_outcome", "--score-cols", "prob1"),
    "multilabel": ("world_cup/advancement.csv",),
    "regression": (
        *("governors/final_forecasts.csv", "--label-col", "actual_voteshare"),
        *("--pred-col", "projected_voteshare"),
    ),
}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("more", [(), ("--confidence", "0.5")])
def test_every_metric_has_an_interval_that_holds_it_or_says_why_not(
    task: str, more: tuple[str, ...], cli: Cli
) -> None:
    path, *rest = TASKS[task]
    data = cli("score", FIXTURES / path, *rest, "-m", "all", "-f", "json", *more).json
    rows = [*data["metrics"].items()]
    rows += [item for row in data["per_class"].values() for item in row.items() if item[0] != "support"]
    for name, score in rows:
        if score["value"] is None:
            continue
        if "interval" not in score:
            assert score["interval_reason"], name
            continue
        low, high = score["interval"]
        limits = METRICS[name.partition("@")[0]].range if name in METRICS else (-math.inf, math.inf)
        assert limits[0] <= low <= score["value"] <= high <= limits[1], name
        assert score["interval_method"].removesuffix("-by-group") in METHODS


def test_groups_are_wider_than_rows(cli: Cli, tmp_path: Path) -> None:
    """Every row five times says no more than once."""
    once = binary_file(tmp_path, 200, g=np.arange(200))
    lines = once.read_text().splitlines()
    five = tmp_path / "five.csv"
    five.write_text("\n".join([lines[0], *(line for line in lines[1:] for _ in range(5)), ""]))

    def width(path: Path, *more: str) -> dict[str, float]:
        found = cli("score", path, "-f", "json", *more).json["metrics"]
        return {name: np.diff(s["interval"])[0] for name, s in found.items() if "interval" in s}

    rows, copied, grouped = width(once), width(five), width(five, "--group", "g")
    for name in ("accuracy", "mcc", "roc_auc", "average_precision", "log_loss", "f1"):
        assert grouped[name] == pytest.approx(rows[name], rel=0.25), name
        assert copied[name] < 0.6 * rows[name], name


def test_groups_that_are_too_few(cli: Cli, tmp_path: Path) -> None:
    path = binary_file(tmp_path, 200, g=np.zeros(200, int), h=np.arange(200) % 6)
    data = cli("score", path, "--group", "g", "-f", "json").json
    assert data["input"]["rows"]["groups"] == 1
    assert data["metrics"]["accuracy"]["interval_reason"] == "fewer than 10 groups"
    assert "interval" not in data["metrics"]["roc_auc"]
    many = cli("score", path, "--group", "h", "-f", "json").json
    assert many["metrics"]["log_loss"]["interval_reason"] == "fewer than 10 groups"


def test_weights_widen(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    path = binary_file(tmp_path, 600, w=np.round(rng.gamma(0.4, size=600) + 0.001, 4))
    plain = cli("score", path, "-f", "json").json["metrics"]
    heavy = cli("score", path, "--weight-col", "w", "-f", "json").json
    kish = heavy["input"]["rows"]["effective"]
    for name in ("accuracy", "roc_auc", "log_loss"):
        one, other = (np.diff(found[name]["interval"])[0] for found in (plain, heavy["metrics"]))
        assert other / one == pytest.approx(math.sqrt(600 / kish), rel=0.4), name
    assert heavy["metrics"]["accuracy"]["interval_method"] == "row-bootstrap"


def test_a_large_file_is_sampled_and_brought_to_its_size(cli: Cli, tmp_path: Path) -> None:
    """Of 40,000 rows some thousand are drawn from, and the interval is that of 40,000."""
    n = 40_000
    rng = np.random.default_rng(1)
    y = rng.normal(size=n)
    np.savez(tmp_path / "p.npz", y_true=y, y_pred=y + rng.normal(size=n))
    found = cli("score", tmp_path / "p.npz", "-m", "pearson,median_absolute_error", "-f", "json").json
    score = found["metrics"]["pearson"]
    r = score["value"]
    z = [math.atanh(end) for end in score["interval"]]
    assert z[1] - z[0] == pytest.approx(2 * 1.96 / math.sqrt(n - 3), rel=0.15)
    assert z[0] < math.atanh(r) < z[1]


def test_explain_names_the_method(cli: Cli) -> None:
    assert "table-bootstrap" in cli("explain", "mcc").out
    assert "delong" in cli("explain", "roc_auc").out
    assert "none" in cli("explain", "max_error").out


def test_the_methods_are_in_the_report(cli: Cli) -> None:
    path, *rest = TASKS["binary"]
    found = cli("score", FIXTURES / path, *rest, "-f", "json").json["metrics"]
    methods = {name: score["interval_method"] for name, score in found.items()}
    assert methods == {
        "accuracy": "wilson", "balanced_accuracy": "table-bootstrap", "precision": "wilson",
        "recall": "wilson", "specificity": "wilson", "f1": "wilson", "mcc": "table-bootstrap",
        "roc_auc": "delong", "average_precision": "infinitesimal-jackknife", "log_loss": "normal",
        "brier": "normal", "ece": "bin-bounds",
    }  # fmt: skip
    assert json.dumps(found)


def test_a_sample_of_the_rows_does_not_move_the_interval(cli: Cli, tmp_path: Path) -> None:
    """Of 60,000 weighted rows some thousand are drawn from; the interval stands around the value of all."""
    n = 60_000
    rng = np.random.default_rng(5)
    y = rng.random(n) < 0.4
    p = 1 / (1 + np.exp(-(1.2 * (2 * y - 1) + 1.5 * rng.normal(size=n))))
    np.savez(tmp_path / "p.npz", label=y.astype(int), p=p, weight=rng.gamma(2.0, size=n))
    ends = []
    for seed in range(4):
        found = cli("score", tmp_path / "p.npz", "--seed", str(seed), "-m", "log_loss,mcc", "-f", "json").json
        for score in found["metrics"].values():
            low, high = score["interval"]
            assert (score["value"] - low) / (high - low) == pytest.approx(0.5, abs=0.05)
        ends.append(found["metrics"]["log_loss"]["interval"])
    assert np.ptp(ends, axis=0).max() < 0.5 * np.diff(ends[0])[0]


def test_equal_losses_have_no_width_to_tell(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("y,p\n" + "".join(f"{i % 2},{0.9 if i % 2 else 0.1}\n" for i in range(300)))
    found = cli("score", path, "-m", "brier,log_loss,ece", "-f", "json").json["metrics"]
    assert found["brier"]["interval_reason"].startswith("every row has the same value")
    assert found["log_loss"]["interval_reason"].startswith("every row has the same value")
    assert found["ece"]["interval"][0] < 0.1 < found["ece"]["interval"][1]


def test_the_separation_of_useless_scores_may_be_none(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    np.savez(tmp_path / "p.npz", label=(rng.random(500) < 0.5).astype(int), p=rng.random(500))
    found = cli("score", tmp_path / "p.npz", "-m", "ks", "-f", "json").json["metrics"]["ks"]
    assert found["interval"][0] < 0.02


def test_long_names_of_groups_are_told_apart(cli: Cli, tmp_path: Path) -> None:
    stem = "x" * 250
    path = binary_file(tmp_path, 400, g=[f"{stem}{j // 4}" for j in range(400)])
    data = cli("score", path, "--group", "g", "-m", "accuracy", "-f", "json").json
    assert data["input"]["rows"]["groups"] == 100


def test_rows_without_a_group_are_groups_of_their_own(cli: Cli, tmp_path: Path) -> None:
    path = binary_file(tmp_path, 400, g=[f"{j // 4}" if j < 200 else "" for j in range(400)])
    data = cli("score", path, "--group", "g", "-m", "accuracy", "-f", "json").json
    assert data["input"]["rows"]["groups"] == 50 + 200


def test_large_groups_are_summed_up(cli: Cli, tmp_path: Path) -> None:
    """Forty groups of 3,000 rows: all of them count, whatever is drawn."""
    n = 120_000
    rng = np.random.default_rng(2)
    shift = np.repeat(rng.normal(size=40) * 0.8, n // 40)
    y = rng.random(n) < 1 / (1 + np.exp(-shift))
    p = 1 / (1 + np.exp(-(1.5 * y - 0.7 + rng.normal(size=n))))
    np.savez(tmp_path / "p.npz", label=y.astype(int), p=p, user=np.repeat(np.arange(40), n // 40))
    found = cli("score", tmp_path / "p.npz", "--group", "user", "-m", "accuracy,roc_auc", "-f", "json").json
    right = (p > 0.5) == y
    error = np.std(right.reshape(40, -1).mean(axis=1), ddof=1) / np.sqrt(40)
    width = np.diff(found["metrics"]["accuracy"]["interval"])[0]
    assert width == pytest.approx(2 * stats.t.ppf(0.975, 39) * error, rel=0.25)
    assert "interval" in found["metrics"]["roc_auc"]
