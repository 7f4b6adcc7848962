from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalcli.errors import InputError
from evalcli.loaders.training_logs import better_of, read_log


def _log(folder: Path, text: str, name: str = "metrics.csv") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_keras_csv_logger(tmp_path: Path) -> None:
    head = "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss"
    text = f"{head}\n0,0.5,0.01,1.2,0.55,1.1\n1,0.7,0.01,0.8,0.72,NA\n"
    log = read_log(_log(tmp_path, text))
    assert log.values == {
        (0, "train"): {"accuracy": 0.5, "loss": 1.2},
        (0, "val"): {"accuracy": 0.55, "loss": 1.1},
        (1, "train"): {"accuracy": 0.7, "loss": 0.8},
        (1, "val"): {"accuracy": 0.72},
    }
    assert log.left_out == ("learning_rate",)


def test_lightning_rows_alternate_and_headers_repeat(tmp_path: Path) -> None:
    text = (
        "epoch,step,train_loss_epoch,train_loss_step,val_acc,val_loss\n"
        "0,49,,1.3,,\n0,99,,1.1,,\n0,99,,,0.6,1.0\n0,99,1.2,,,\n"
        "epoch,step,train_loss_epoch,train_loss_step,val_acc,val_loss\n"
        "1,199,,,0.7,0.9\n1,199,0.9,,,\n"
    )
    log = read_log(_log(tmp_path, text))
    assert log.values[0, "train"] == {"loss": 1.2} and log.values[1, "val"] == {"acc": 0.7, "loss": 0.9}
    assert log.order == "epoch" and "train_loss_step" in log.left_out and "step" in log.left_out


def test_the_state_of_the_hugging_face_trainer(tmp_path: Path) -> None:
    history = [
        {"epoch": 0.5, "grad_norm": 2.0, "learning_rate": 1e-5, "loss": 0.7, "step": 50},
        {"epoch": 1.0, "loss": 0.6, "learning_rate": 1e-5, "step": 100},
        {"epoch": 1.0, "eval_accuracy": 0.8, "eval_loss": 0.5, "eval_runtime": 3.1, "step": 100},
        {"epoch": 2.0, "eval_accuracy": 0.9, "eval_loss": 0.4, "eval_samples_per_second": 9.0, "step": 200},
        {"epoch": 2.0, "step": 200, "total_flos": 1.0, "train_loss": 0.55, "train_runtime": 60.0},
    ]
    log = read_log(
        _log(tmp_path, json.dumps({"best_metric": 0.9, "log_history": history}), "trainer_state.json")
    )
    assert log.values == {
        (1, "train"): {"loss": 0.6},
        (1, "eval"): {"accuracy": 0.8, "loss": 0.5},
        (2, "eval"): {"accuracy": 0.9, "loss": 0.4},
    }


def test_lines_of_json_and_other_names(tmp_path: Path) -> None:
    lines = [
        {"step": 10, "train/loss": 0.5, "valid/f1": 0.6},
        {"step": 20, "train/loss": 0.4, "valid/f1": 0.7},
    ]
    log = read_log(_log(tmp_path, "\n".join(map(json.dumps, lines)), "log.jsonl"))
    assert (
        log.order == "step"
        and log.values[20, "val"] == {"f1": 0.7}
        and log.values[10, "train"] == {"loss": 0.5}
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a,b\n1,2\n", "no epochs"),
        ("", "no epochs"),
        ("epoch,lr\n1,0.1\n", "no metrics"),
        ("epoch,loss\n1,nan\n", "no metrics"),
        ('{"epoch": 1}\n{"epoch": \n', "neither CSV nor JSON"),
        ("[]", "no epochs"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read_log(_log(tmp_path, text))
    with pytest.raises(InputError, match="cannot be read"):
        read_log(str(tmp_path / "none.csv"))


def test_names_tell_which_values_are_better() -> None:
    for name in ("loss", "log_loss", "rmse", "word_error", "perplexity", "wer"):
        assert better_of(name) == "lower"
    for name in ("acc", "f1_macro", "roc_auc", "mAP", "r2"):
        assert better_of(name) == "higher"
    assert better_of("temperature") == "none"


def test_headers_of_other_columns_and_other_spellings(tmp_path: Path) -> None:
    text = "epoch;Val Loss;lr-Adam;train/lr;loss_val\n1;0.5;1;2;0.4\nepoch;lr-Adam;Val Loss\n2;9;0.25\n"
    log = read_log(_log(tmp_path, text))
    assert log.values == {(1, "val"): {"Loss": 0.5, "loss": 0.4}, (2, "val"): {"Loss": 0.25}}
    assert set(log.left_out) == {"lr-Adam", "train/lr"}


def test_a_last_line_that_was_begun_is_left_out(tmp_path: Path) -> None:
    log = read_log(_log(tmp_path, '{"epoch": 1, "loss": 0.5}\n{"epoch": 2, "lo', "log.jsonl"))
    assert log.values == {(1, "train"): {"loss": 0.5}}


def test_json_of_python_may_have_nan(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text('{"log_history": [{"epoch": 1.0, "loss": 1.0}, {"epoch": 2.0, "loss": NaN}]}')
    log = read_log(str(path))
    assert log.values[1, "train"] == {"loss": 1.0} and log.not_finite == {("train", "loss"): [2]}
    path.write_text('{"epoch": 1, "loss": 1.0}\n{"epoch": 2, "loss": Infinity}\n')
    assert read_log(str(path)).not_finite == {("train", "loss"): [2]}
