from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Save, assert_refused
from support.inspecting import good

LABELS = "id,label\n" + "".join(f"r{j},{j % 2}\n" for j in range(30))
PROBS = "id,prob\n" + "".join(f"r{j},{0.3 + 0.4 * (j % 2) + 0.001 * j}\n" for j in range(30))
CLASSES = "id,pred\n" + "".join(f"r{j},{(j % 7) % 2}\n" for j in range(30))


@pytest.mark.parametrize("text", [PROBS, CLASSES])
def test_swapped_files_by_their_columns(text: str, cli: Cli, saved: Save) -> None:
    labels, predictions = saved("labels.csv", LABELS), saved("preds.csv", text)
    said = assert_refused(
        cli("score", labels, "--labels", predictions), f"evalcli score {predictions} --labels {labels}"
    )
    assert "seem to be swapped" in said
    assert cli("score", predictions, "--labels", labels).code == 0
    column = text.splitlines()[0].split(",")[1]
    told = cli("score", labels, "--labels", predictions, "--label-col", column, "--pred-col", "label")
    assert "seem to be swapped" not in told.err


@pytest.mark.parametrize("names", [("y_test.npy", "probs.npy"), ("a.npy", "b.npy")])
@pytest.mark.parametrize("wide", [False, True])
def test_swapped_arrays(names: tuple[str, str], wide: bool, cli: Cli, tmp_path: Path) -> None:
    y, p = good(3 if wide else 2, 100)
    np.save(tmp_path / names[0], y)
    np.save(tmp_path / names[1], p if wide else p[:, 1])
    first, second = (tmp_path / name for name in names)
    assert_refused(cli("score", first, "--labels", second), f"evalcli score {second} --labels {first}")
    assert cli("score", second, "--labels", first).code == 0


def test_amounts_between_0_and_1_are_no_swap(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.save(tmp_path / "a.npy", rng.random(50))
    np.save(tmp_path / "b.npy", rng.random(50))
    assert cli("score", tmp_path / "a.npy", "--labels", tmp_path / "b.npy").code == 0


def test_predictions_in_place_of_labels(cli: Cli, saved: Save) -> None:
    first, second = saved("a.csv", PROBS), saved("b.csv", CLASSES)
    assert_refused(cli("score", first, "--labels", second), "seems to contain predictions", "--label-col")


@pytest.mark.parametrize("form", ["csv", "npy"])
def test_labels_named_as_predictions(form: str, cli: Cli, saved: Save, tmp_path: Path) -> None:
    if form == "csv":
        files = saved("preds.csv", PROBS), saved("labels.csv", LABELS)
    else:
        files = tmp_path / "pred.npy", tmp_path / "target.npy"
        for path in files:
            np.save(path, np.arange(20) % 2)
    for order in (files, files[::-1]):
        assert_refused(cli("score", *order), f"evalcli score {files[0]} --labels {files[1]}")


def test_a_metric_named_as_a_file(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,pred\na,a\nb,b\n")
    said = assert_refused(cli("score", path, "--metrics", "f1", "accuracy"), "accuracy is a metric")
    assert "--metrics f1,accuracy" in said


def test_one_file_on_both_sides(cli: Cli, saved: Save, tmp_path: Path) -> None:
    path = saved("p.csv", "label,prob\n0,0.2\n1,0.8\n")
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    for other in (path, link, tmp_path / "." / "p.csv"):
        assert_refused(cli("score", path, "--labels", other), "as predictions and as labels", other.name)


def shards(folder: Path, count: int = 12) -> tuple[np.ndarray, np.ndarray]:
    y, p = good(3, 64 * count)
    for j in range(count):
        rows = slice(64 * j, 64 * (j + 1))
        np.save(folder / f"pred_{j}.npy", p[rows])
        np.save(folder / f"target_{j}.npy", y[rows])
    return y, p


def test_files_in_a_shells_order_go_with_the_labels(cli: Cli, tmp_path: Path) -> None:
    y, p = shards(tmp_path)
    value = (p.argmax(axis=1) == y).mean()
    expanded = sorted(map(str, tmp_path.glob("pred_*.npy")))
    for given in (expanded, expanded[::-1], [str(tmp_path / "pred_*.npy")]):
        found = cli("score", *given, "--labels", tmp_path / "target_*.npy", "--only", "accuracy")
        assert float(found.out) == value


def test_a_shells_order_beside_one_file_of_labels_is_asked_about(cli: Cli, tmp_path: Path) -> None:
    y, p = shards(tmp_path)
    np.save(tmp_path / "y.npy", y)
    expanded = sorted(map(str, tmp_path.glob("pred_*.npy")))
    said = assert_refused(
        cli("score", *expanded, "--labels", tmp_path / "y.npy"), "numbered in different orders", "pred_*"
    )
    assert "--by-order" in said
    quoted = cli("score", tmp_path / "pred_*.npy", "--labels", tmp_path / "y.npy", "--only", "accuracy")
    assert float(quoted.out) == (p.argmax(axis=1) == y).mean()
    assert cli("score", *expanded, "--labels", tmp_path / "y.npy", "--by-order").code == 0


def test_numbers_that_do_not_run_alike(cli: Cli, tmp_path: Path) -> None:
    shards(tmp_path, 3)
    (tmp_path / "target_1.npy").rename(tmp_path / "target_7.npy")
    refused = cli("score", tmp_path / "pred_*.npy", "--labels", tmp_path / "target_*.npy")
    assert_refused(refused, "numbered in different orders")
    for j, k in ((0, 1), (2, 3), (7, 2)):
        (tmp_path / f"target_{j}.npy").rename(tmp_path / f"label_{k}.npy")  # the same steps
    assert cli("score", tmp_path / "pred_*.npy", "--labels", tmp_path / "label_*.npy").code == 0


def test_a_pattern_that_the_shell_split(cli: Cli, tmp_path: Path) -> None:
    shards(tmp_path, 4)
    predictions, targets = (sorted(map(str, tmp_path.glob(f"{n}_*.npy"))) for n in ("pred", "target"))
    said = assert_refused(cli("score", *predictions, "--labels", *targets), "did a shell expand it?")
    assert f"--labels '{tmp_path / 'target_*.npy'}'" in said


def two_models(saved: Save, ids: bool) -> tuple[Path, Path]:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 60)
    paths = []
    for name in "ab":
        table = pd.DataFrame({"label": y, "prob": rng.random(60).round(3)})
        if ids:
            table.insert(0, "id", [f"r{j}" for j in range(60)])
        paths.append(saved(f"{name}.csv", table.to_csv(index=False)))
    return paths[0], paths[1]


@pytest.mark.parametrize("ids", [True, False])
def test_two_models_are_not_pooled(ids: bool, cli: Cli, saved: Save) -> None:
    files = two_models(saved, ids)
    said = assert_refused(cli("score", *files), "several models", "--by file")
    assert "compare" in said
    apart = cli("score", *files[::-1], "--by", "file", "-f", "json").json["slices"]
    assert [part["by"]["file"] for part in apart] == [str(path) for path in files[::-1]]
    for part in apart:
        alone = cli("score", part["by"]["file"], "-f", "json").json["metrics"]
        assert part["metrics"]["f1"]["value"] == alone["f1"]["value"]


def test_two_models_beside_a_file_of_labels(cli: Cli, saved: Save) -> None:
    first, second = two_models(saved, ids=True)
    labels = saved("y.csv", pd.read_csv(first)[["id", "label"]].to_csv(index=False))
    predictions = [saved(f"p{j}.csv", pd.read_csv(f)[["id", "prob"]].to_csv(index=False))
                   for j, f in enumerate((first, second))]  # fmt: skip
    assert_refused(cli("score", *predictions, "--labels", labels), "several models", "--by file")


def test_by_file_needs_several(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob\n0,0.2\n1,0.8\n")
    assert_refused(cli("score", path, "--by", "file"), "--by file requires several prediction files")


def test_numbers_of_all_classes_one_after_the_other(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3, 48)
    np.save(tmp_path / "p.npy", p.ravel())
    np.save(tmp_path / "y.npy", y)
    said = assert_refused(cli("score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy"), "flattened")
    assert "scores.reshape(48, 3)" in said
