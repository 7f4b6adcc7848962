from __future__ import annotations

import json
import os
import shutil
from importlib.resources import files as packaged
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Process, assert_refused
from support.training import words, written
from support.training_table import as_table


def _files(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def test_every_epoch_is_what_score_says(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=4)
    found = cli(*words(tmp_path), "--format", "json").json
    assert [(e["epoch"], e["split"]) for e in found["epochs"]] == [
        (epoch, split) for epoch in (1, 2, 3, 4) for split in ("train", "val")
    ]
    for epoch in found["epochs"]:
        folder = tmp_path / epoch["split"]
        path = folder / f"epoch-{epoch['epoch']}.npy"
        known = cli("score", path, "--labels", folder / "y.npy", "--format", "json").json
        assert epoch["metrics"] == known["metrics"] and epoch["per_class"] == known["per_class"]


def test_only_what_changed_is_scored_again(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=3)
    first = cli(*words(tmp_path))
    assert first.code == 0 and "best: epoch" in first.err
    before = (tmp_path / "history.jsonl").read_bytes()
    assert cli(*words(tmp_path)).out == first.out
    assert (tmp_path / "history.jsonl").read_bytes() == before
    path = tmp_path / "val" / "epoch-2.npy"
    os.utime(path, ns=(1, 1))  # the same content
    assert cli(*words(tmp_path)).out == first.out
    np.save(path, np.load(path)[:, ::-1])
    changed = cli(*words(tmp_path))
    assert changed.out != first.out
    lines = _files(tmp_path)
    assert len(lines) == 7 and lines[-1]["kind"] == "history"
    assert sum(part.get("epoch") == 2 for part in lines) == 2
    np.save(tmp_path / "val" / "epoch-4.npy", np.load(tmp_path / "val" / "epoch-3.npy"))
    assert "\n    4 " in cli(*words(tmp_path)).out and len(_files(tmp_path)) == 8


def test_other_options_never_overwrite_a_history(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=2)
    cli(*words(tmp_path))
    before = (tmp_path / "history.jsonl").read_bytes()
    refused = assert_refused(cli(*words(tmp_path), "--metrics", "accuracy"), "other options: metrics")
    assert "--fresh" in refused and "--history" in refused
    assert (tmp_path / "history.jsonl").read_bytes() == before
    other = tmp_path / "other.jsonl"
    assert cli(*words(tmp_path), "--metrics", "accuracy", "--history", other).code == 0 and other.exists()
    assert cli(*words(tmp_path), "--metrics", "accuracy", "--fresh").code == 0
    assert set(_files(tmp_path)[0]["metrics"]) == {"accuracy"}


def test_files_and_formats(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=2)
    out = tmp_path / "history.csv"
    result = cli(*words(tmp_path), "-o", out, "-o", f"json:{tmp_path / 'h'}", "--quiet", "--best", "log_loss")
    assert result.code == 0 and result.err == ""
    assert out.read_text().startswith("epoch,split,metric,class,value")
    assert json.loads((tmp_path / "h").read_text())["best"]["metric"] == "log_loss"


def test_an_epoch_that_diverged_is_named(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=3)
    np.save(tmp_path / "val" / "epoch-3.npy", np.full((400, 3), np.nan))
    result = cli(*words(tmp_path))
    assert result.code == 0 and "note: epoch 3 of val diverged: rows that cannot be scored" in result.err
    assert result.out.splitlines()[-1].split()[0] == "3" and "—" in result.out.splitlines()[-1]


def test_gaps_and_other_rows_are_said(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, epochs=5)
    for split in ("train", "val"):
        (tmp_path / split / "epoch-3.npy").unlink()
    assert "missing between others: 3" in cli(*words(tmp_path)).err
    folder = tmp_path / "own"
    for epoch, rows in ((1, 60), (2, 80)):
        lines = [f"{i % 2},{(i * 7 % 10) / 10}" for i in range(rows)]
        folder.mkdir(exist_ok=True)
        (folder / f"e{epoch}.csv").write_text("label,score\n" + "\n".join(lines) + "\n")
    result = cli("track", f"{folder}/e{{epoch}}.csv")
    assert "have different rows" in result.err and result.code == 0


@pytest.mark.parametrize("what", ["none", "epoch", "twice", "labels", "classes", "split", "best", "broken"])
def test_bad_input_is_one_clear_message(cli: Cli, tmp_path: Path, what: str) -> None:
    folder = written(tmp_path, epochs=2)
    given = words(folder)
    if what == "none":
        given[1] = f"{folder}/{{split}}/ep-{{epoch}}.npy"
        assert "epoch-1.npy" in assert_refused(cli(*given), "no file matches")
    elif what == "epoch":
        given[1] = f"{folder}/{{split}}/epoch-1.npy"
        assert_refused(cli(*given), "no field {epoch}")
    elif what == "twice":
        shutil.copy(folder / "val" / "epoch-1.npy", folder / "val" / "epoch-01.npy")
        assert_refused(cli(*given), "epoch 1 of val is there twice")
    elif what == "labels":
        (folder / "val" / "y.npy").unlink()
        assert_refused(cli(*given), "no labels of", "y.npy")
    elif what == "classes":
        np.save(folder / "val" / "epoch-2.npy", np.full((400, 4), 0.25))
        refused = assert_refused(cli(*given), "epoch 2 of val")
        assert "epoch-2.npy" in refused
        kept = (folder / "history.jsonl").read_text().splitlines()
        assert len(kept) == 3, "what was scored before stays"
    elif what == "split":
        assert_refused(cli(*given, "--split", "vall"), "no split 'vall'", "--split val")
    elif what == "best":
        assert_refused(cli(*given, "--best", "f1_macr"), "--best f1_macr", "f1_macro")
    else:
        (folder / "val" / "epoch-2.npy").write_bytes(b"\x93NUMPY\x01\x00broken")
        assert_refused(cli(*given), "epoch 2 of val", "epoch-2.npy")


def test_which_split_is_asked_where_no_name_tells(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    (folder / "train").rename(folder / "a")
    (folder / "val").rename(folder / "b")
    refused = assert_refused(cli(*words(folder)), "which split")
    assert "--split" in refused
    assert "on b" in cli(*words(folder), "--split", "b").err


def test_every_line_is_as_the_schema_says(cli: Cli, tmp_path: Path) -> None:
    schema = json.loads((packaged("evalcli") / "schema" / "history-1.json").read_text())
    written(tmp_path, epochs=3)
    np.save(tmp_path / "val" / "epoch-3.npy", np.full((400, 3), np.nan))
    whole = cli(*words(tmp_path), "--format", "json").json
    for part in (*_files(tmp_path), whole):
        jsonschema.validate(part, schema)


def test_a_stored_history_is_shown_anywhere(cli: Cli, tmp_path: Path) -> None:
    result = cli(*words(written(tmp_path, epochs=3)))
    moved = shutil.move(tmp_path / "history.jsonl", tmp_path / "elsewhere.jsonl")
    shutil.rmtree(tmp_path / "val")
    shown = cli("show", moved)
    assert shown.code == 0 and shown.out == result.out and shown.err == result.err
    assert cli("show", moved, "--format", "csv").out.startswith("epoch,split")
    assert cli("show", moved, "-o", tmp_path / "h.json").code == 0 and (tmp_path / "h.json").exists()
    assert_refused(cli("show", moved, "--fail-under", "f1=0.8"), "has no --fail-under")
    assert cli("show", moved, "--format", "junit").code == 2
    lines = Path(moved).read_text().splitlines()
    Path(moved).write_text("\n".join(lines[:-1]) + "\n")
    assert "evalcli track" in assert_refused(cli("show", moved), "no history")


def test_when_to_stop_needs_a_watch_and_sense(cli: Cli, tmp_path: Path) -> None:
    given = words(written(tmp_path, epochs=2))
    assert_refused(cli(*given, "--patience", "3"), "--patience is for --watch")
    assert_refused(cli(*given, "--until-epoch", "3"), "--until-epoch is for --watch")
    assert_refused(cli(*given, "--watch", "--patience", "0"), "--patience 0")
    assert_refused(cli(*given, "--watch", "--every", "0"), "--every 0")
    ended = cli(*given, "--watch", "--until-epoch", "2", "--every", "0.05")
    assert ended.code == 0 and "epoch 2 is there" in ended.err and ended.out == cli(*given).out


def test_a_history_of_lists_of_options_is_used_again(cli: Cli, tmp_path: Path) -> None:
    given = [*words(written(tmp_path, epochs=2)), "--metrics", "accuracy", "--define", "half = accuracy / 2"]
    first = cli(*given)
    before = (tmp_path / "history.jsonl").stat().st_mtime_ns
    again = cli(*given)
    assert first.code == again.code == 0 and again.out == first.out
    assert (tmp_path / "history.jsonl").stat().st_mtime_ns == before


def test_after_a_run_that_failed_the_best_is_looked_for_again(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=4)
    kept = {n: (folder / "val" / f"epoch-{n}.npy").read_bytes() for n in (3, 4)}
    for split in ("train", "val"):
        for epoch in (3, 4):
            (folder / split / f"epoch-{epoch}.npy").unlink()
    assert cli(*words(folder)).code == 0
    (folder / "val" / "epoch-3.npy").write_bytes(kept[3])
    (folder / "val" / "epoch-4.npy").write_bytes(b"broken")
    assert cli(*words(folder)).code == 2
    assert cli("show", folder / "history.jsonl").code == 2, "what epochs show was not looked for"
    (folder / "val" / "epoch-4.npy").unlink()
    last = cli(*words(folder))
    assert last.out == cli(*words(folder), "--fresh").out and "best: epoch 3" in last.err


def test_an_epoch_is_read_again_where_the_first_is_read_otherwise(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    np.save(tmp_path / "y.npy", y)
    logits = rng.normal(size=200) + 2 * y - 1
    np.save(tmp_path / "e-1.npy", np.clip(logits, 0.01, 0.99))
    given = ["track", f"{tmp_path}/e-{{epoch}}.npy", "--labels", tmp_path / "y.npy"]
    assert cli(*given).code == 0
    np.save(tmp_path / "e-0.npy", logits)
    assert cli(*given).out == cli(*given, "--fresh").out


def test_another_pattern_never_overwrites_a_history_and_fresh_no_other_file(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    cli(*words(folder))
    one = ["track", f"{folder}/val/epoch-{{epoch}}.npy", "--labels", f"{folder}/val/y.npy"]
    refused = assert_refused(cli(*one, "--history", folder / "history.jsonl"), "the history is of")
    assert "--history" in refused
    (tmp_path / "notes.txt").write_text("mine\n")
    assert_refused(cli(*one, "--history", tmp_path / "notes.txt", "--fresh"), "no history")
    assert (tmp_path / "notes.txt").read_text() == "mine\n"


def test_epochs_of_fewer_rows_are_not_chosen_and_files_beside_are_no_epochs(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=3)
    y = np.load(folder / "val" / "y.npy")
    p = np.load(folder / "val" / "epoch-2.npy")
    p[p.argmax(axis=1) != y] = np.nan
    np.save(folder / "val" / "epoch-2.npy", p)
    np.save(folder / "val" / "epoch-last.npy", p)
    result = cli(*words(folder), "--missing", "drop", "--best", "accuracy")
    assert "fewer rows than others are not chosen: 2" in result.err and "best: epoch 2" not in result.err


def test_labels_of_other_fields_and_lines_of_wrong_types_are_refused(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    assert_refused(cli(*words(folder)[:3], f"{folder}/{{fold}}.npy"), "no field {fold}")
    cli(*words(folder))
    text = (folder / "history.jsonl").read_text()
    (folder / "history.jsonl").write_text(text.replace('"epoch":1,', '"epoch":"x",'))
    assert_refused(cli(*words(folder)), "not a history")
    out = tmp_path / "h.json"
    assert cli(*words(folder), "--fresh", "-o", out).code == 0
    assert cli("show", out).out == cli(*words(folder)).out


def test_a_folder_alone_is_enough(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path / "run", epochs=3)
    result = cli("track", folder, "--format", "json")
    assert f"found: {folder}/{{split}}/epoch-{{epoch}}.npy, labels {folder}/{{split}}/y.npy" in result.err
    again = cli(*words(folder), "--format", "json")
    assert again.json["epochs"] == result.json["epochs"]


def test_a_long_table(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path / "run", epochs=3)
    path = tmp_path / "long.csv"
    as_table(folder, 0).to_csv(path, index=False)
    found = cli("track", path, "--epoch-col", "epoch", "--split-col", "split", "--format", "json")
    assert [(e["epoch"], e["split"]) for e in found.json["epochs"]][-1] == (3, "val")
    gate = ["--fail-under", "accuracy=0.999", "--at", "last"]
    assert cli("track", path, "--epoch-col", "epoch", "--split-col", "split", *gate).code == 1
    assert "--epoch-col epoch" in assert_refused(cli("track", path), "the file has labels")
    assert "--split-col split" in assert_refused(
        cli("track", path, "--epoch-col", "epoch", "--history", tmp_path / "h"), "training and validation"
    )
    assert_refused(
        cli("track", path, "--epoch-col", "epoch", "--split-col", "split", "--watch"), "--watch follows"
    )
    as_table(folder).to_parquet(tmp_path / "long.parquet")
    assert "--epoch-col epoch" in assert_refused(cli("track", tmp_path / "long.parquet"), "it is no text")


def test_the_metric_that_epochs_are_compared_by_is_scored_too(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=3)
    first = cli(*words(folder), "--format", "json").json
    for name, known in (("kappa", "cohen_kappa"), ("auc", "roc_auc_ovr_macro"), ("f1", "f1_macro")):
        found = cli(*words(folder), "--best", name, "--format", "json").json
        assert found["best"]["metric"] == known
        for one, other in zip(found["epochs"], first["epochs"], strict=True):
            assert {**one["metrics"], **other["metrics"]} == one["metrics"]
    only = cli(*words(folder), "--metrics", "accuracy", "--best", "mcc", "--fresh", "--format", "json").json
    assert set(only["epochs"][0]["metrics"]) == {"accuracy", "mcc"} and only["best"]["metric"] == "mcc"
    assert cli(*words(folder), "--metrics", "accuracy").code == 0, "the same options, by another metric"


def test_an_epoch_is_not_worse_than_the_best_or_another_model(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=8, drift=0.6)
    kept = ("--at", "last", "--format", "json")
    found = cli(*words(folder), "--not-worse", "accuracy=0.5", *kept)
    best = found.json["best"]["epoch"]
    assert found.code == 0 and f"epoch 8 against epoch {best}: passed: accuracy" in found.err
    known = cli(
        *("compare", folder / "val" / f"epoch-{best}.npy", folder / "val" / "epoch-8.npy"),
        *("--labels", folder / "val" / "y.npy", "--not-worse", "accuracy=0.5", "--format", "json"),
    ).json
    change = known["against"][0]["changes"]["accuracy"]
    assert f"{change['change']:+.4f}" in found.err
    assert cli(*words(folder), "--not-worse", "accuracy=0", *kept).code == 1
    both = ("--fail-under", "accuracy=0.1", "--not-worse", "accuracy=0")
    assert cli(*words(folder), *both, *kept).code == 1, "one failure fails"
    assert_refused(cli(*words(folder), "--not-worse", "accuracy=0.1"), "compares with the best", "--at last")
    itself = cli(*words(folder), "--not-worse", "accuracy=0.1", "--at", best)
    assert itself.code == 0 and f"passed: epoch {best} is the best one" in itself.err
    assert_refused(cli(*words(folder), "--against", "x"), "for rules, and there are none")
    other = folder / "val" / "epoch-1.npy"
    against = cli(*words(folder), "--not-worse", "accuracy=0.01", "--against", other)
    assert against.code == 0 and f"against {other}: passed" in against.err


@pytest.mark.long
def test_a_metric_of_ones_own_that_changed_is_another_option(process: Process, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=60)
    plugin = tmp_path / "own.py"
    code = (
        "from evalcli.custom import MULTICLASS, row_metric\n\n\n"
        "@row_metric('higher', tasks=(MULTICLASS,), range=(0, 1))\n"
        "def mine(y_true, y_pred):\n    '''{}'''\n    return (y_true == y_pred) * {}\n"
    )
    given = [*words(folder), "--plugin", plugin, "--metrics", "accuracy,mine"]
    plugin.write_text(code.format("One.", "1.0"))
    first = process(*given)
    assert first.code == 0, first.err
    assert process(*given).out == first.out
    plugin.write_text(code.format("Two.", "0.5"))
    assert_refused(process(*given), "other options: plugins", "--fresh")


def test_another_model_beside_a_long_table(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path / "run", epochs=4)
    table, path, other = as_table(folder, 0), tmp_path / "long.parquet", tmp_path / "m1.csv"
    table.to_parquet(path, index=False)
    val = table[(table.epoch == 1) & (table.split == "val")].drop(columns=["epoch", "split"])
    val.to_csv(other, index=False)
    given = ["track", path, "--epoch-col", "epoch", "--split-col", "split"]
    result = cli(*given, "--not-worse", "accuracy=0.01", "--against", other)
    assert result.code == 0, result.err
    files = cli(*words(folder), "--not-worse", "accuracy=0.01", "--against", folder / "val" / "epoch-1.npy")
    told = [text.err.splitlines()[-1].partition("passed")[2] for text in (result, files)]
    assert told[0] == told[1] != ""


def test_weights_in_the_files_of_epochs_are_one_column(cli: Cli, tmp_path: Path) -> None:
    table = as_table(written(tmp_path / "run", epochs=3))
    val = table[table.split == "val"].drop(columns="split")
    val["sample_weight"] = 1.0 + val["id"].str[-1].astype(int)
    for epoch, part in val.groupby("epoch"):
        part.drop(columns="epoch").to_csv(tmp_path / f"e{epoch}.csv", index=False)
    pattern = tmp_path / "e{epoch}.csv"
    assert cli("track", pattern, "--format", "json").json["best"]["paired"]
    last = pd.read_csv(tmp_path / "e3.csv")
    last.assign(sample_weight=1.0).to_csv(tmp_path / "e3.csv", index=False)
    result = cli(
        "track", pattern, "--not-worse", "accuracy=0.5", "--at", "1", "--against", tmp_path / "e3.csv"
    )
    assert result.code == 2 and "have another sample_weight" in result.err


def test_a_run_that_diverged_may_be_tracked_again(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=3)
    np.save(folder / "val" / "epoch-3.npy", np.full((400, 3), np.nan))
    kept = []
    for _ in range(3):
        assert cli(*words(folder)).code == 0
        kept.append((tmp_path / "history.jsonl").read_bytes())
        assert cli("show", tmp_path / "history.jsonl").code == 0
    assert kept[0] == kept[1] == kept[2]


def test_a_tracker_that_fails_hides_neither_table_nor_verdict(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    (tmp_path / "file").write_text("")
    given = (*words(folder), "--log", f"tensorboard:{tmp_path / 'file' / 'x'}")
    result = cli(*given)
    assert result.code == 2 and "f1_macro val" in result.out and "could not be logged" in result.err
    gate = cli(*given, "--fail-under", "accuracy=0.9999")
    assert gate.code == 1 and "failed" in gate.err and "could not be logged" in gate.err


def test_another_model_beside_labels_of_all_splits(cli: Cli, tmp_path: Path) -> None:
    table = as_table(written(tmp_path / "run", epochs=3), 0)
    table["id"] = table["id"].str[-4:]  # the same in both splits
    table[table.epoch == 1][["split", "id", "label"]].to_csv(tmp_path / "y.csv", index=False)
    table.drop(columns="label").to_parquet(tmp_path / "long.parquet", index=False)
    other = table[(table.epoch == 1) & (table.split == "val")].drop(columns=["epoch", "split", "label"])
    other.to_csv(tmp_path / "m.csv", index=False)
    given = ["track", tmp_path / "long.parquet", "--epoch-col", "epoch", "--split-col", "split"]
    result = cli(
        *given, "--labels", tmp_path / "y.csv", "--not-worse", "accuracy=0.1", "--against", tmp_path / "m.csv"
    )
    assert result.code == 0 and "against" in result.err, result.err


def test_tables_without_rows_and_folders_that_are_not_there(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("epoch,label,score\n")
    assert_refused(cli("track", tmp_path / "t.csv", "--epoch-col", "epoch"), "no rows")
    assert_refused(cli("track", f"{tmp_path}/none/"), "no such folder")
    (tmp_path / "v.csv").write_text("epoch,split,label,score\n" + "0,val,1,0.5\n0,val,0,0.25\n" * 9)
    assert cli("track", tmp_path / "v.csv", "--epoch-col", "epoch").code == 0, "one split alone"


def test_charts_are_for_tables(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    assert cli(*words(folder)).code == 0
    stored = tmp_path / "history.jsonl"
    assert_refused(cli("show", stored, "--charts", "--format", "csv"), "--charts are printed below tables")
    assert_refused(cli("plot", "all", stored, "-o", f"{tmp_path}/p/", "-m", "f1"), "one kind of picture")
