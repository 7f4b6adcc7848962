"""Baselines: what can be compared and what not, the labels' fingerprint, stored reports read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Result, made_report
from evalcli.engine.score import score
from evalcli.errors import EvalcliError
from evalcli.inputs.options import Options
from evalcli.report.reader import read_report
from evalcli.report.report import Report
from evalcli.report.verdict import DIFFERENCES

Cli = Callable[..., Result]
DATA = Path(__file__).parent / "data"
COLUMNS = ("--label-col", "prob1_outcome", "--score-cols", "prob1")


@pytest.fixture
def baseline(cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> Path:
    path = tmp_path / "baseline.json"
    assert cli("score", *wnba, "-o", path, "-q").code == 0
    return path


def test_the_report_shows_baseline_value_change_and_rule(
    cli: Cli, wnba: tuple[object, ...], baseline: Path, tmp_path: Path
) -> None:
    stored = json.loads(baseline.read_text())
    stored["metrics"]["f1"]["value"] = 0.75
    stored["metrics"]["log_loss"]["value"] = 0.6
    baseline.write_text(json.dumps(stored))
    rules = ("--max-drop", "f1=0.01", "--max-drop", "log_loss=5%", "--max-drop", "accuracy=0")
    result = cli("score", *wnba, "--baseline", baseline, *rules, "-o", tmp_path / "new.json")
    assert result.code == 1
    assert "failed: f1 = 0.7326, baseline 0.7500: down 0.0174, more than 0.01" in result.err
    assert "passed: log_loss = 0.6243, baseline 0.6000: up 0.0243 (4.0484%), at most 5%" in result.err
    assert "passed: accuracy = 0.6578, as the baseline" in result.err
    gate = json.loads((tmp_path / "new.json").read_text())["gate"]
    assert gate["baseline"]["status"] == "compared"
    rule = gate["rules"][0]
    assert (rule["rule"], rule["baseline"], rule["allowed"]) == ("f1>=baseline-0.01", 0.75, "0.01")
    assert rule["change"] == pytest.approx(rule["value"] - 0.75)
    lines = [line.split() for line in result.out.splitlines()]
    assert ["f1", "0.7326", "[0.6901,", "0.7713]", "0.7500", "-0.0174", "worse"] in lines
    assert ["log_loss", "0.6243", "[0.5888,", "0.6619]", "0.6000", "+0.0243", "worse"] in lines
    assert ["accuracy", "0.6578", "[0.6128,", "0.7001]", "0.6578", "+0.0000"] in lines


CHANGES: dict[str, Any] = {
    "classes-changed": lambda report: report["classes"].reverse(),
    "positive-changed": lambda report: report["input"]["roles"].update(positive="0"),
    "threshold-changed": lambda report: report["input"]["roles"].update(threshold=0.5),
    "convention-changed": lambda report: report["input"]["options"].update(bins=10),
    "weights-changed": lambda report: report["input"]["rows"].update(effective=10.0),
    "rows-changed": lambda report: report["input"]["rows"].update(read=451),
    "labels-changed": lambda report: report["input"].update(labels_fingerprint="0" * 64),
    "task-changed": lambda report: report.update(task="multiclass"),
}


@pytest.mark.parametrize("code", DIFFERENCES)
def test_what_cannot_be_compared(
    code: str, cli: Cli, wnba: tuple[object, ...], baseline: Path, tmp_path: Path
) -> None:
    stored = json.loads(baseline.read_text())
    CHANGES[code](stored)
    baseline.write_text(json.dumps(stored))
    common = ("score", *wnba, "--baseline", baseline, "--max-drop", "f1=50%")
    result = cli(*common)
    assert result.code == 3
    assert f"try: --allow {code} if" in result.err
    assert "not comparable with the baseline" in result.out
    assert cli("score", *wnba, "--baseline", baseline).code == 3
    assert cli(*common, "--fail-under", "f1=0.99").code == 1
    others = ",".join(set(DIFFERENCES) - {code})
    assert cli(*common, "--allow", others).code == 3
    allowed = cli(*common, "--allow", code, "-o", tmp_path / "r.json")
    assert allowed.code == 0
    found = json.loads((tmp_path / "r.json").read_text())["gate"]["baseline"]
    assert (found["status"], [one["code"] for one in found["allowed"]]) == ("compared", [code])


def test_a_report_without_a_fingerprint_cannot_be_compared(cli: Cli, wnba: tuple[object, ...]) -> None:
    common = ("score", *wnba, "--baseline", DATA / "report-first.json", "--max-drop", "f1=0")
    result = cli(*common)
    assert result.code == 3
    assert "the labels' fingerprint is not known" in result.err
    assert cli(*common, "--allow", "labels-changed").code == 0


@pytest.mark.parametrize(("policy", "code"), [(None, 3), ("undecided", 3), ("warn", 0), ("pass", 0)])
def test_the_first_run(
    policy: str | None, code: int, cli: Cli, wnba: tuple[object, ...], tmp_path: Path
) -> None:
    told = ("--baseline-missing", policy) if policy else ()
    common = ("score", *wnba, "--baseline", tmp_path / "none.json", "-q")
    for rules in ((), ("--max-drop", "f1=1%")):
        result = cli(*common, *rules, *told)
        assert result.code == code
        assert ("there is no baseline" in result.err) == (policy != "pass")
    assert cli(*common, *told, "--fail-under", "f1=0.99").code == 1


def truth(task: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    n = 60
    ids = rng.permutation(n) * 10_007 + 5
    if task == "regression":
        y = rng.normal(size=n)
        return pd.DataFrame({"id": ids, "label": y}), pd.DataFrame({"id": ids, "prediction": y + 0.1})
    if task == "multilabel":
        y = rng.integers(0, 2, (n, 3))
        labels = pd.DataFrame({"id": ids, **{f"y_{j}": y[:, j] for j in range(3)}})
        return labels, pd.DataFrame({"id": ids, **{f"prob_{j}": rng.random(n) for j in range(3)}})
    y = rng.integers(0, 3, n)
    p = rng.dirichlet([1, 1, 1], n)
    return (
        pd.DataFrame({"id": ids, "label": np.array(["a", "b", "c"])[y]}),
        pd.DataFrame({"id": ids, **{f"prob_{c}": p[:, j] for j, c in enumerate("abc")}}),
    )


def fingerprint(
    labels: pd.DataFrame, predictions: pd.DataFrame, folder: Path, suffix: str, **more: Any
) -> str:
    paths = folder / f"y.{suffix}", folder / f"p.{suffix}"
    for table, path in zip((labels, predictions), paths, strict=True):
        table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    found = score(Options(str(paths[1]), labels=str(paths[0]), hashes=True, **more)).input.fingerprint
    assert found is not None
    return found


@pytest.mark.parametrize("task", ["multiclass", "multilabel", "regression"])
@pytest.mark.parametrize("named", [True, False])
def test_the_fingerprint_is_of_the_labels_alone(task: str, named: bool, tmp_path: Path) -> None:
    labels, predictions = truth(task)
    if named:
        labels["id"] = predictions["id"] = "r" + labels["id"].astype(str)
    first = fingerprint(labels, predictions, tmp_path, "csv")
    assert fingerprint(labels, predictions, tmp_path, "parquet") == first
    # by id in any order
    assert fingerprint(labels.sample(frac=1, random_state=1), predictions, tmp_path, "csv") == first
    # other predictions
    moved = predictions.assign(**{c: predictions[c].to_numpy()[::-1] for c in predictions.columns[1:]})
    assert fingerprint(labels, moved, tmp_path, "csv") == first
    # by order, it is that of the rows in order
    bare = labels.drop(columns="id"), predictions.drop(columns="id")
    by_order = fingerprint(*bare, tmp_path, "csv")
    assert by_order != first
    assert fingerprint(bare[0].iloc[::-1], bare[1], tmp_path, "csv") != by_order
    # one label or one id more or less
    other = labels.copy()
    column = other.columns[-1]
    other.loc[3, column] = {"multiclass": "a" if other.loc[3, column] != "a" else "b"}.get(
        task, 1 - other.loc[3, column] if task != "multiclass" else None
    )
    assert fingerprint(other, predictions, tmp_path, "csv") != first
    short = labels.iloc[1:], predictions.iloc[1:]
    assert fingerprint(*short, tmp_path, "csv") != first


def test_the_order_of_classes_is_another_matter(tmp_path: Path) -> None:
    labels, predictions = truth("multiclass")
    turned = predictions[["id", "prob_c", "prob_a", "prob_b"]]
    assert fingerprint(labels, turned, tmp_path, "csv") == fingerprint(labels, predictions, tmp_path, "csv")


def test_ids_whose_hashes_tie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the hash does, the order of the rows does not matter."""
    monkeypatch.setattr("evalcli.inputs.matching.index._hashes", lambda keys: np.zeros(len(keys), np.uint64))
    labels, predictions = truth("multiclass")
    labels["id"] = predictions["id"] = "r" + labels["id"].astype(str)
    first = fingerprint(labels, predictions, tmp_path, "csv")
    assert fingerprint(labels.sample(frac=1, random_state=2), predictions, tmp_path, "csv") == first


def test_reports_of_an_earlier_release_are_read(cli: Cli) -> None:
    result = cli("show", DATA / "report-first.json", "-q")
    assert result.code == 1
    assert result.err == "failed: f1 = 0.7326 < 0.8\n"
    assert cli("show", DATA / "report-first.json", "--fail-under", "f1=0.7").code == 0


def test_later_reports_are_refused_with_the_reason(
    cli: Cli, tmp_path: Path, wnba: tuple[object, ...]
) -> None:
    data = json.loads((DATA / "report-first.json").read_text())
    data["schema_version"] = 2
    path = tmp_path / "r.json"
    path.write_text(json.dumps(data))
    for command in (("show", path), ("score", *wnba, "--baseline", path)):
        result = cli(*command)
        assert (result.code, result.out) == (2, "")
        assert "written by a later release" in result.err
        assert "schema version 2; this release reads up to 1" in result.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"schema_version": 1, "metrics": NaN}', "holds NaN"),
        ("[" * 100_000, "nested"),
        ("[]", "not a report"),
        ("{}", "no 'schema_version'"),
        ('"text"', "not a report"),
        ('{"schema_version": 1}', "not a report"),
        ('{"schema_version": "1"}', "not a report"),
        ('{"schema_version": 1, "error": {"what": "no such file"}}', "an error in place of metrics"),
    ],
)
def test_what_is_no_report(text: str, words: str, cli: Cli, tmp_path: Path, wnba: tuple[object, ...]) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    for command in (("show", path), ("score", *wnba, "--baseline", path)):
        result = cli(*command)
        assert (result.code, result.out) == (2, "")
        assert words in result.err
        assert len(result.err) < 2000
    assert "no such report" in cli("show", tmp_path / "none.json").err


def test_a_gate_that_lies_is_refused(cli: Cli, tmp_path: Path) -> None:
    data = json.loads((DATA / "report-first.json").read_text())
    path = tmp_path / "r.json"
    lies: list[dict[str, Any]] = [
        {**data["gate"], "verdict": "pass"},
        {"verdict": "pass", "rules": []},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "fine"}]},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "pass"}]},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "pass", "value": 0.9}]},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "pass", "value": None}]},
        {},
    ]
    for gate in lies:
        path.write_text(json.dumps({**data, "gate": gate}))
        assert cli("show", path).code == 2


values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([]) | st.just({})
)


@given(st.data())
def test_no_mutilated_report_is_a_bug(data: Any) -> None:
    """One value of a report replaced or taken away: it is read and shown, or refused."""
    from evalcli.cli.app import run

    report = json.loads((DATA / "report-first.json").read_text())
    place: Any = report
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            break
        place = inner
    if data.draw(st.booleans()):
        place[key] = data.draw(values)
    else:
        del place[key]
    path = DATA.parent / f".mutilated-{data.draw(st.just(0))}.json"
    try:
        path.write_text(json.dumps(report))
        for form in ("table", "markdown", "junit", "csv", "json", "github"):
            assert run(["show", str(path), "-f", form, "-q", "--config", "none"]) in (0, 1, 2, 3)
        assert run(["show", str(path), "--fail-under", "f1=0.99", "-q", "--config", "none"]) in (1, 2, 3)
    finally:
        path.unlink(missing_ok=True)


def test_a_report_survives_the_way_through_json(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    report = made_report({"f1_macro": 0.5, "log_loss": None}, {"recall": {"a|b": 0.5, "c:d": None}})
    path.write_text(json.dumps(report.to_json()))
    assert read_report(str(path)) == report
    assert Report.from_json(report.to_json()) == report
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvalcliError):
        read_report(str(path))


def test_a_baseline_alone_keeps_the_stored_rules(cli: Cli, tmp_path: Path) -> None:
    for baseline in (DATA / "report-first.json", tmp_path / "none.json"):
        common = ("show", DATA / "report-first.json", "--baseline", baseline, "--allow", "labels-changed")
        assert cli(*common, "--baseline-missing", "pass").code == 1


def test_only_a_file_that_is_not_there_is_missing(cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("{}")
    for path in (
        "https://localhost:1/b.json",
        tmp_path / "gone.json",
        tmp_path / "file" / "b.json",
        "x" * 5000,
    ):
        result = cli("score", *wnba, "--baseline", path, "--baseline-missing", "pass")
        assert (result.code, result.out) == (2, ""), path
