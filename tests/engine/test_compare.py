from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from evalcli.engine.compare import Compared, compare
from evalcli.errors import InputError
from evalcli.gate.changes import compare_rules
from evalcli.inputs.options import Options
from support.comparing import NAMES, two_models, written

Y, OLD, NEW = two_models()


def compared(files: list[Path], rules=None, **more) -> Compared:  # type: ignore[no-untyped-def]
    labels, *models = files
    options = [(m.name, Options(str(m), labels=str(labels), **more)) for m in models]
    return compare(options, rules=rules)


def test_values_are_those_of_each_model_and_pairs_those_of_the_rows(tmp_path: Path) -> None:
    order = np.random.default_rng(2).permutation(len(Y))
    found = compared(
        written(tmp_path, Y, OLD, NEW, order=order), metrics=("accuracy", "f1_macro", "log_loss")
    )
    comparison = found.comparison
    old, new = OLD.argmax(axis=1), NEW.argmax(axis=1)
    accuracy = comparison.find("accuracy")
    assert (accuracy.old, accuracy.new) == (sk.accuracy_score(Y, old), sk.accuracy_score(Y, new))
    assert comparison.find("f1_macro").new == pytest.approx(sk.f1_score(Y, new, average="macro"))
    flips = comparison.against[0].flips
    assert flips is not None
    broken, fixed = int(((old == Y) & (new != Y)).sum()), int(((old != Y) & (new == Y)).sum())
    assert (flips.broken, flips.fixed) == (broken, fixed)
    assert flips.right_in_both == int(((old == Y) & (new == Y)).sum())
    assert sum(pair.rows for pair in flips.most_broken) <= broken
    losses = [-np.log(p[np.arange(len(Y)), Y]) for p in (OLD, NEW)]
    paired = stats.ttest_rel(losses[1], losses[0]).confidence_interval(0.95)
    loss = comparison.find("log_loss")
    assert loss.change == pytest.approx(losses[1].mean() - losses[0].mean())
    assert loss.interval is not None
    width = (loss.interval[1] - loss.interval[0]) / (paired.high - paired.low)
    assert width == pytest.approx(1, abs=0.25), "of the differences, not of two samples"


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    same = compared(written(tmp_path / "a", Y, OLD, NEW)).comparison
    order = np.random.default_rng(3).permutation(len(Y))
    other = compared(written(tmp_path, Y, OLD, NEW, order=order)).comparison
    for left, right in zip(same.against[0].changes, other.against[0].changes, strict=True):
        assert left.change == pytest.approx(right.change, abs=1e-9)
        assert left.interval == pytest.approx(right.interval, abs=1e-9)
        assert left.p == pytest.approx(right.p, abs=1e-9)


def test_flipped_rows_have_ids_and_the_most_confident_are_first(tmp_path: Path) -> None:
    found = compared(written(tmp_path, Y, OLD, NEW))
    ((name, rows),) = found.flipped(False)
    old, new = OLD.argmax(axis=1), NEW.argmax(axis=1)
    assert name == "m1.csv"
    expected = [f"r{i}" for i in np.flatnonzero((old == Y) & (new != Y))]
    assert sorted(rows.ids) == sorted(expected)
    assert rows.new_confidence == sorted(rows.new_confidence, reverse=True)  # type: ignore[type-var]
    first = int(rows.ids[0][1:])
    assert (rows.truth[0], rows.new[0]) == (NAMES[Y[first]], NAMES[new[first]])
    ((_, fixed),) = found.flipped(True)
    assert len(fixed.ids) == int(((old != Y) & (new == Y)).sum())


def test_only_rows_of_all_models_count(tmp_path: Path) -> None:
    files = written(tmp_path, Y, OLD, NEW)
    lines = files[2].read_text().splitlines()
    files[2].write_text("\n".join(lines[:-50]) + "\n")
    with pytest.raises(InputError, match="50 of 400 labels have no prediction"):
        compared(files)
    comparison = compared(files, on_missing="drop", metrics=("accuracy", "log_loss")).comparison
    assert [model.left_out for model in comparison.models] == [50, 0]
    assert comparison.rows == len(Y) - 50
    kept = slice(0, len(Y) - 50)
    assert comparison.find("accuracy").old == sk.accuracy_score(Y[kept], OLD.argmax(axis=1)[kept])


def test_identical_models_say_so(tmp_path: Path) -> None:
    files = written(tmp_path, Y, OLD, OLD)
    rules = compare_rules(["accuracy=0.01"], [], ["0%"])
    comparison = compared(files, rules, metrics=("accuracy", "f1_macro", "log_loss")).comparison
    assert comparison.find("log_loss").meaning == "same"
    assert comparison.find("accuracy").p == 1.0
    flips = comparison.against[0].flips
    assert flips is not None and (flips.broken, flips.fixed) == (0, 0)
    assert comparison.rules[-1].verdict == "pass"


def test_labels_within_the_files_must_agree(tmp_path: Path) -> None:
    files = []
    for number, truth in enumerate((Y, Y[::-1])):
        path = tmp_path / f"m{number}.csv"
        rows = zip(truth, OLD, strict=True)
        path.write_text("label,0,1,2\n" + "".join(f"{y},{','.join(map(str, p))}\n" for y, p in rows))
        files.append(path)
    same = [(str(i), Options(str(files[0]), label_col="label")) for i in range(2)]
    assert compare(same).comparison.rows == len(Y)
    with pytest.raises(InputError, match="on different labels"):
        compare([(path.name, Options(str(path), label_col="label")) for path in files])


def test_several_models_and_those_that_are_as_good_as_the_best(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    near = NEW * rng.uniform(0.98, 1.02, NEW.shape)
    near /= near.sum(axis=1, keepdims=True)
    bad = np.roll(OLD, 1, axis=1)
    comparison = compared(written(tmp_path, Y, OLD, NEW, near, bad), metrics=("f1_macro",)).comparison
    assert len(comparison.against) == 3
    assert {"m1.csv", "m2.csv"} <= set(comparison.alike)
    assert "m3.csv" not in comparison.alike
    worst = comparison.find("f1_macro", "m3.csv")
    assert worst.meaning == "worse"
    assert worst.adjusted is not None and worst.p is not None and worst.adjusted >= worst.p
