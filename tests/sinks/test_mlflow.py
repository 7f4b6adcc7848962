"""A store in SQLite, as a server has it, is read back by MLflow's client."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import evalcli
from support.command_line import Cli
from support.training import words, written


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    uri = f"sqlite:///{tmp_path / 'runs.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    mlflow = import_module("mlflow")
    mlflow.set_tracking_uri(uri)
    mlflow.create_experiment("digits", artifact_location=(tmp_path / "artifacts").as_uri())
    return mlflow.MlflowClient(uri)


def _only_run(client: Any) -> Any:
    experiment = client.get_experiment_by_name("digits")
    (run,) = client.search_runs([experiment.experiment_id])
    return run


def test_epochs_pictures_and_the_history(cli: Cli, tmp_path: Path, client: Any) -> None:
    folder = written(tmp_path / "run", epochs=2)
    result = cli(*words(folder), "--log", "mlflow:digits", "--format", "json")
    assert result.code == 0
    run = _only_run(client)
    assert run.info.status == "FINISHED"
    for split, name in (("train", "train"), ("val", "validation")):
        known = [e["metrics"]["f1_macro"]["value"] for e in result.json["epochs"] if e["split"] == split]
        found = client.get_metric_history(run.info.run_id, f"{name}/f1_macro")
        assert {m.step: m.value for m in found} == dict(enumerate(known, 1))
    kept = tmp_path / "artifacts" / run.info.run_id / "artifacts"
    assert sorted(path.name for path in (kept / "confusion" / "validation").iterdir()) == [
        "00001.png",
        "00002.png",
    ]
    assert json.loads((kept / "history.json").read_text())["best"] == result.json["best"]


def test_the_run_of_the_environment_is_continued(
    cli: Cli, tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "run", epochs=1)
    experiment = client.get_experiment_by_name("digits").experiment_id
    monkeypatch.setenv("MLFLOW_RUN_ID", client.create_run(experiment).info.run_id)
    given = ["score", folder / "val" / "epoch-1.npy", "--labels", folder / "val" / "y.npy", "--log", "mlflow"]
    assert cli(*given, "--log-step", 3).code == 0
    run = _only_run(client)
    assert run.data.metrics["accuracy"] > 0
    assert [m.step for m in client.get_metric_history(run.info.run_id, "accuracy")] == [3]


def test_a_server_that_does_not_answer_is_one_message(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "run", epochs=1)
    import_module("mlflow").set_tracking_uri("http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    given = ["score", folder / "val" / "epoch-1.npy", "--labels", folder / "val" / "y.npy", "--log", "mlflow"]
    result = cli(*given)
    assert result.code == 2 and "the values could not be logged" in result.err
    assert "accuracy" in result.out, "the report is printed"


def test_names_of_models_may_have_any_characters(cli: Cli, tmp_path: Path, client: Any) -> None:
    folder = written(tmp_path / "run", epochs=2)
    odd = tmp_path / "preds (1).npy"
    odd.write_bytes((folder / "val" / "epoch-1.npy").read_bytes())
    given = [odd, folder / "val" / "epoch-2.npy", "--labels", folder / "val" / "y.npy"]
    assert cli("compare", *given, "--log", "mlflow:digits").code == 0
    assert {"preds _1_.npy/accuracy", "preds__1_.npy/accuracy"} & set(_only_run(client).data.metrics)


def test_a_run_of_the_program_is_not_ended(tmp_path: Path, client: Any) -> None:
    folder = written(tmp_path / "run", epochs=1)
    report = evalcli.score(f"{folder}/val/epoch-1.npy", labels=f"{folder}/val/y.npy", curves="default")
    mlflow = import_module("mlflow")
    with mlflow.start_run(experiment_id=client.get_experiment_by_name("digits").experiment_id) as own:
        report.log("mlflow", 2)
        assert mlflow.active_run().info.run_id == own.info.run_id
        with pytest.raises(evalcli.EvalcliError, match="a run is active"):
            report.log("mlflow:other")
    assert [m.step for m in client.get_metric_history(own.info.run_id, "accuracy")] == [2]
