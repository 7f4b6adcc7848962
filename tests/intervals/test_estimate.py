from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evalcli.intervals.scales import wilson
from support.builders import binary_file
from support.command_line import Cli
from support.slices import write_rows


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


def test_groups_are_wider_than_rows(cli: Cli, tmp_path: Path) -> None:
    """Five copies of every row in a group carry no more information than one."""
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


def test_a_sample_of_the_rows_does_not_move_the_interval(cli: Cli, tmp_path: Path) -> None:
    """60,000 weighted rows are sampled; the interval contains the value of all rows."""
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


def test_wilson_intervals_are_of_the_classes_own_rows(cli: Cli, wnba: tuple[object, ...]) -> None:
    from scipy.stats import binomtest

    found = cli("score", *wnba, "-f", "json", "--confidence", "0.9").json["metrics"]
    for name, hits, rows in (("accuracy", 296, 450), ("recall", 211, 244), ("precision", 211, 332)):
        interval = binomtest(hits, rows).proportion_ci(0.9, "wilson")
        assert found[name]["interval"] == pytest.approx([interval.low, interval.high], rel=1e-12)
        assert found[name]["n"] == rows


def test_a_slice_without_a_mistake_by_groups(cli: Cli, tmp_path: Path) -> None:
    y = np.arange(200) % 2
    path = write_rows(tmp_path, {"label": y, "pred": y, "user": np.arange(200) // 5})
    score = cli("score", path, "--group", "user", "-m", "accuracy", "-f", "json").json["metrics"]["accuracy"]
    assert score["interval"][0] == pytest.approx(1 / (1 + 1.96**2 / 40), rel=1e-3)
    notes = cli("score", write_rows(tmp_path, {"label": y, "pred": y, "g": y}), "--group", "g").err
    assert "2 groups by g are too few for intervals" in notes


def few_positives(folder: Path, positives: int, n: int = 1000) -> Path:
    """All positives found, and apart from all others by their scores; groups of one row, weights near 1."""
    rng = np.random.default_rng(0)
    y = np.arange(n) < positives
    prob = np.where(y, 0.9, np.where(rng.random(n) < 0.02, 0.7, 0.1))
    columns = {"label": y.astype(int), "prob": prob, "user": np.arange(n), "w": rng.uniform(0.9, 1.1, n)}
    return write_rows(folder, columns)


CURVES = ("ks", "best_f1", "precision_at_recall@0.9", "recall_at_precision@0.9", "recall_at_fpr@0.01")


@pytest.mark.parametrize("more", [(), ("--group", "user"), ("--weight-col", "w")], ids=str)
@pytest.mark.parametrize("positives", [3, 8])
def test_certain_by_the_rows_behind_it(
    more: tuple[str, ...], positives: int, cli: Cli, tmp_path: Path
) -> None:
    """All of three rows are three rows, however many others there are."""
    path = few_positives(tmp_path, positives)
    names = ",".join(("recall", "fnr", "eer", "npv", *CURVES))
    found = cli("score", path, "-m", names, "-f", "json", *more).json["metrics"]
    low = stats.binomtest(positives, positives).proportion_ci(0.95, "wilson").low
    for name in ("recall", *CURVES):
        assert found[name]["value"] == 1.0
        assert found[name]["interval"] == pytest.approx([low, 1.0], abs=0.004), name
        assert found[name]["n"] == positives
    for name in ("fnr", "eer"):
        assert found[name]["interval"] == pytest.approx([0.0, 1.0 - low], abs=0.004), name
    assert found["npv"]["interval"][0] > 0.99
    rule = ("--fail-under", "recall=0.99", "--on", "lower", "--only", "recall")
    assert cli("score", path, *rule, *more).code == 1


def test_a_mean_over_labels_is_as_sure_as_the_rarest(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    labels = np.stack([np.arange(200) < 2, np.arange(200) >= 198, *(rng.random((2, 200)) < 0.4)])
    columns = {f"y_{j}": row for j, row in zip("abcd", labels, strict=True)}
    columns |= {f"prob_{j}": np.where(row, 0.9, 0.1) for j, row in zip("abcd", labels, strict=True)}
    found = cli(
        "score",
        write_rows(tmp_path, columns),
        "--label-cols",
        "y_*",
        "-m",
        "f1_macro,f1_weighted",
        "-f",
        "json",
    ).json
    metrics = found["metrics"]
    assert metrics["f1_macro"]["interval"] == pytest.approx([wilson(2, 2, 0.95)[0], 1.0])
    assert (metrics["f1_macro"]["n"], metrics["f1_weighted"]["n"]) == (2, 200)
    assert found["per_class"]["a"]["f1"]["n"] == 2
    assert metrics["f1_weighted"]["interval"][0] > 0.97


def test_separated_labels_are_as_sure_as_their_positives(cli: Cli, tmp_path: Path) -> None:
    """Of a pooled curve: the rows that have a label, not all that have none."""
    labels = np.stack([np.arange(300) < 6, np.arange(300) >= 294])
    columns = {f"y_{j}": row for j, row in zip("ab", labels, strict=True)}
    columns |= {f"prob_{j}": np.where(row, 0.9, 0.1) for j, row in zip("ab", labels, strict=True)}
    score = (
        "score",
        write_rows(tmp_path, columns),
        "--label-cols",
        "y_*",
        "-m",
        "roc_auc_micro",
        "-f",
        "json",
    )
    found = cli(*score).json["metrics"]["roc_auc_micro"]
    assert found["n"] == 12
    assert found["interval"] == pytest.approx([wilson(12, 12, 0.95)[0], 1.0])
