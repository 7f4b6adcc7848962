from __future__ import annotations

import json
import shutil
from importlib.resources import files as packaged
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Process, assert_refused
from support.comparing import two_models, written

Y, OLD, NEW = two_models(600)
SCHEMA = json.loads((packaged("evalcli") / "schema" / "comparison-1.json").read_text())


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    order = np.random.default_rng(1).permutation(len(Y))
    labels, *models = written(tmp_path, Y, OLD, NEW, order=order)
    return (*map(str, models), "--labels", str(labels))


def test_two_models_on_the_same_rows(cli: Cli, files: tuple[str, ...], tmp_path: Path) -> None:
    given = ("-o", tmp_path / "c.json", "-o", tmp_path / "c.md", "--broken", tmp_path / "b.csv")
    result = cli("compare", *files, *given, "--fixed", tmp_path / "f.parquet")
    assert result.code == 0, result
    assert "m0.csv → m1.csv" in result.out
    data = json.loads((tmp_path / "c.json").read_text())
    flips = data["against"][0]["flips"]
    assert len(pd.read_csv(tmp_path / "b.csv")) == flips["broken"]
    assert len(pd.read_parquet(tmp_path / "f.parquet")) == flips["fixed"]
    assert (tmp_path / "c.md").read_text().startswith("### evalcli: m0.csv and m1.csv")


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (("--not-worse", "accuracy=0.2"), 0),
        (("--max-broken", "0%"), 1),
        (("--not-worse", "accuracy=0.2", "--not-worse", "recall:*=0.3", "--better", "log_loss"), 0),
        (("--better", "ece"), 3),
    ],
)
def test_exit_codes_are_those_of_the_rules(
    rules: tuple[str, ...], code: int, process: Process, files: tuple[str, ...]
) -> None:
    result = process("compare", *files, "-m", "accuracy", *rules)
    assert result.code == code, result
    assert "Traceback" not in result.err


def test_models_in_one_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    table = {"y": Y}
    for name, scores in (("old", OLD), ("new", NEW)):
        table |= {f"{name}_{c}": scores[:, c] for c in range(3)}
    pd.DataFrame(table).to_csv(path, index=False)
    given = ("--label-col", "y", "--model", "old=old_*", "--model", "new=new_*")
    result = cli("compare", path, *given, "--format", "json")
    assert result.code == 0, result
    assert [model["name"] for model in result.json["models"]] == ["old", "new"]
    alone = cli("score", path, "--label-col", "y", "--score-cols", "new_*", "--format", "json").json
    assert result.json["models"][1]["values"]["accuracy"] == alone["metrics"]["accuracy"]["value"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("{old}",), "needs two files"),
        (("{old}", "{new}", "--model", "a=b_*"), "--model is for models in one file"),
        (("{old}", "--model", "a=b_*"), "two or more models"),
        (("{old}", "--model", "a"), "is not NAME=COLUMNS"),
        (("{old}", "{new}", "-o", "c.xyz"), "which format"),
        (("{old}", "{new}", "--broken", "c.xyz"), "unknown suffix"),
        (("{old}", "{new}", "--not-worse", "accuracy=-1"), "not negative"),
        (("{old}", "{new}", "--not-worse", "accuracy=2"), "can never fail"),
        (("{old}", "{new}", "--max-broken", "3"), "not a share"),
        (("{old}", "{new}", "--better", "nothing"), "unknown metric"),
        (("{old}", "{new}", "--detect", "accuracy"), "is not NAME=VALUE"),
        (("{old}", "none.csv"), "no such file"),
    ],
)
def test_what_does_not_fit_is_refused(
    given: tuple[str, ...], words: str, cli: Cli, files: tuple[str, ...], tmp_path: Path
) -> None:
    typed = [text.format(old=files[0], new=files[1]) for text in given]
    assert_refused(cli("compare", *typed, *files[2:]), words)
    assert not (tmp_path / "c.xyz").exists()


def test_weights_and_groups_are_those_of_both(cli: Cli, tmp_path: Path) -> None:
    frame = {"y": Y, "user": np.arange(len(Y)) // 3, "w": 1 + np.arange(len(Y)) % 2}
    for name, scores in (("old", OLD), ("new", NEW)):
        frame |= {f"{name}_{c}": scores[:, c] for c in range(3)}
    path = tmp_path / "both.csv"
    pd.DataFrame(frame).to_csv(path, index=False)
    given = ("--label-col", "y", "--model", "old=old_*", "--model", "new=new_*", "--format", "json")
    plain = cli("compare", path, *given, "-m", "accuracy").json["against"][0]["changes"]["accuracy"]
    weighted = cli("compare", path, *given, "-m", "accuracy", "--weight-col", "w").json["against"][0][
        "changes"
    ]
    grouped = cli("compare", path, *given, "-m", "accuracy", "--group", "user").json["against"][0]["changes"]
    assert plain["method"] == "newcombe"
    right = [(scores.argmax(axis=1) == Y).astype(float) for scores in (OLD, NEW)]
    expected = np.average(right[1] - right[0], weights=frame["w"])
    assert weighted["accuracy"]["change"] == pytest.approx(expected)
    assert weighted["accuracy"]["method"] == grouped["accuracy"]["method"] == "paired-bootstrap"
    assert grouped["accuracy"]["change"] == pytest.approx(plain["change"])


def test_the_same_file_twice_is_the_same(cli: Cli, files: tuple[str, ...]) -> None:
    result = cli("compare", files[0], files[0], *files[2:], "--not-worse", "accuracy=0", "--max-broken", "0")
    assert result.code == 0, result
    assert "m0.csv → m0.csv (2)" in result.out
    assert "same" in result.out and "no difference shown" not in result.out


def test_labels_in_the_files_are_joined_by_id(cli: Cli, tmp_path: Path) -> None:
    ids = [f"u{i}" for i in range(len(Y))]
    frames = []
    for scores in (OLD, NEW):
        frame = pd.DataFrame(scores, columns=["cat", "dog", "owl"])
        frame.insert(0, "label", np.array(["cat", "dog", "owl"])[Y])
        frame.insert(0, "id", ids)
        frames.append(frame)
    frames[0].to_csv(tmp_path / "old.csv", index=False)
    frames[1].sample(frac=1, random_state=3).to_csv(tmp_path / "new.csv", index=False)
    data = cli("compare", tmp_path / "old.csv", tmp_path / "new.csv", "--format", "json").json
    right = [scores.argmax(axis=1) == Y for scores in (OLD, NEW)]
    assert data["id"] == "id"
    assert data["against"][0]["flips"]["broken"] == int((right[0] & ~right[1]).sum())


def in_one_file(tmp_path: Path, name: str, scores: object, **more: object) -> Path:
    path = tmp_path / f"{name}.csv"
    frame = pd.DataFrame(scores, columns=["cat", "dog", "owl"])
    frame.insert(0, "id", [f"r{i}" for i in range(len(Y))])
    for column, values in more.items():
        frame[column] = values
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("option", ["--weight-col", "--group"])
def test_other_weights_and_groups_in_each_file_are_refused(
    option: str, cli: Cli, files: tuple[str, ...], tmp_path: Path
) -> None:
    part = np.arange(len(Y)) // 3 + 1
    first = in_one_file(tmp_path, "a", OLD, part=part)
    second = in_one_file(tmp_path, "b", NEW, part=np.roll(part, 1))
    assert_refused(
        cli("compare", first, second, *files[2:], option, "part"), "of the rows differ between the models"
    )


def test_other_labels_of_the_same_ids_are_refused(cli: Cli, tmp_path: Path) -> None:
    names = np.array(["cat", "dog", "owl"])
    first = in_one_file(tmp_path, "a", OLD, label=names[Y])
    second = in_one_file(tmp_path, "b", NEW, label=names[np.roll(Y, 1)])
    assert_refused(cli("compare", first, second), "rows of the same id have another label")


def test_logits_and_their_probabilities_are_no_difference(
    cli: Cli, files: tuple[str, ...], tmp_path: Path
) -> None:
    logits = in_one_file(tmp_path, "logits", np.log(OLD) + 3)
    result = cli("compare", files[0], logits, *files[2:], "-m", "log_loss", "--not-worse", "log_loss=0")
    assert result.code == 0, result
    assert "scores read as probabilities (m0.csv), logits (logits.csv)" in result.out
    assert cli("compare", files[0], logits, *files[2:], "-m", "log_loss", "--better", "log_loss").code == 1


@pytest.mark.parametrize(
    "rules", [("recall:cat=0.0001", "recall:*=0.9"), ("recall:*=0.9", "recall:cat=0.0001")]
)
def test_each_rule_has_its_own_margin(rules: tuple[str, str], cli: Cli, files: tuple[str, ...]) -> None:
    given = [word for rule in rules for word in ("--not-worse", rule)]
    result = cli("compare", files[1], files[0], *files[2:], "-m", "accuracy", *given, "--format", "json")
    tight = [rule for rule in result.json["rules"] if rule["limit"] == 0.0001]
    assert result.code in (1, 3)
    assert [rule["verdict"] for rule in tight] != ["pass"]


def test_rules_on_metrics_of_ones_own(cli: Cli, files: tuple[str, ...]) -> None:
    given = ("--define", "mine = (f1_macro + accuracy) / 2", "--not-worse", "mine=0.2", "-m", "accuracy")
    result = cli("compare", *files, *given)
    assert result.code == 0, result
    assert "mine >= reference - 0.2" in result.out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--not-worse", "accuracy@each=0.1"), "applies to slices, and there are none"),
        (("--better", "accuracy=0.1"), "takes no value"),
        (("--detect", "accuracy=0"), "a change of 0"),
        (("--broken", "k.csv", "--fixed", "k.csv"), "both name 'k.csv'"),
    ],
)
def test_what_would_be_ignored_is_refused(
    given: tuple[str, ...], words: str, cli: Cli, files: tuple[str, ...]
) -> None:
    assert_refused(cli("compare", *files, *given), words)


def test_few_groups_keep_small_p_values(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    group, y = np.repeat(np.arange(60), 20), rng.integers(0, 2, 1200)
    frame = {"y": y, "g": group}
    for name, share in (("old", 0.6), ("new", 0.95)):
        right = rng.random(1200) < share
        frame[name] = np.where(right, 0.5 + 0.4 * (2 * y - 1), 0.5 - 0.4 * (2 * y - 1))
    path = tmp_path / "both.csv"
    pd.DataFrame(frame).rename(columns={"old": "old_1", "new": "new_1"}).to_csv(path, index=False)
    given = ("--label-col", "y", "--model", "old=old_*", "--model", "new=new_*", "--group", "g")
    change = cli("compare", path, *given, "-m", "accuracy", "--format", "json").json["against"][0]["changes"]
    assert change["accuracy"]["p"] < 1e-6
    assert change["accuracy"]["meaning"] == "better"


@pytest.fixture
def sliced(tmp_path: Path) -> tuple[str, ...]:
    """Models of which the second is worse in one region."""
    region = np.array(["eu", "us", "asia"])[np.arange(len(Y)) % 3]
    shifted = NEW.copy()
    shifted[region == "us"] = np.roll(shifted[region == "us"], 1, axis=1)
    labels, *models = written(tmp_path, Y, OLD, shifted)
    frame = pd.read_csv(labels)
    frame["region"] = region
    frame.to_csv(labels, index=False)
    return (*map(str, models), "--labels", str(labels))


def test_slices_worst_first_and_rules_on_each(cli: Cli, sliced: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    rules = ("--not-worse", "accuracy@each=1%", "--max-broken", "@each=30%", "--max-broken", "cat=90%")
    result = cli("compare", *sliced, "--by", "region", *rules, "-o", path)
    assert result.code == 1
    assert "f1_macro by slice, the worst change first" in result.out
    data = json.loads(path.read_text())
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    parts = data["against"][0]["slices"]
    assert parts[0]["by"] == {"region": "us"}
    region = np.arange(len(Y)) % 3 == 1
    right = [OLD.argmax(axis=1) == Y, np.roll(NEW, 1, axis=1).argmax(axis=1) == Y]
    assert parts[0]["flips"]["broken"] == int((right[0] & ~right[1] & region).sum())
    assert parts[0]["changes"]["accuracy"]["change"] == pytest.approx(
        right[1][region].mean() - right[0][region].mean()
    )
    verdicts = {rule["rule"]: rule["verdict"] for rule in data["rules"]}
    assert verdicts["accuracy@region=us >= reference - 1%"] == "fail"
    assert verdicts["broken <= 30 % of what was right @region=us"] == "fail"
    assert verdicts["broken <= 30 % of what was right @region=eu"] == "pass"
    assert verdicts["broken <= 90 % of what was right in cat"] == "pass"


def test_a_stored_comparison_is_shown_and_judged(cli: Cli, sliced: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    first = cli("compare", *sliced, "--by", "region", "-o", path)
    shown = cli("show", path)
    assert shown.code == 0 and shown.out == first.out
    assert json.loads(cli("show", path, "-f", "json").out) == json.loads(path.read_text())
    for rule in ("accuracy=1%", "accuracy@each=1%", "recall:*=0.01"):
        judged = cli("show", path, "--not-worse", rule, "-f", "json")
        again = cli("compare", *sliced, "--by", "region", "--not-worse", rule, "-m", "default", "-f", "json")
        if rule.startswith("recall"):
            assert judged.code == 3  # it is not in the stored comparison
            continue
        assert judged.code == again.code
        assert judged.json["rules"] == again.json["rules"]
    assert_refused(cli("show", path, "--fail-under", "f1=0.5"), "which has no --fail-under")
    assert_refused(cli("show", path, "--not-worse", "nothing=1"), "nothing")


def test_every_format_of_a_comparison(cli: Cli, sliced: tuple[str, ...], tmp_path: Path) -> None:
    rules = ("--not-worse", "accuracy=1%", "--max-broken", "90%", "--better", "ece")
    result = cli(
        "compare",
        *sliced,
        "--by",
        "region",
        *rules,
        "-o",
        tmp_path / "c.csv",
        "-o",
        f"junit:{tmp_path / 'x'}",
    )
    assert result.code == 1
    frame = pd.read_csv(tmp_path / "c.csv")
    assert set(frame["slice"].dropna()) == {"region=eu", "region=us", "region=asia"}
    assert frame["change"].notna().all()
    suite = ElementTree.parse(tmp_path / "x").getroot()
    assert suite.get("tests") == "3"
    assert suite.get("failures") == str(result.err.count("failed: ")) != "0"
    annotated = cli("compare", *sliced, *rules, "-f", "github").out
    assert annotated.startswith("::error title=evalcli%3A m0.csv and m1.csv failed::m1.csv: accuracy >=")


def test_rows_of_earlier_runs_are_inputs(cli: Cli, sliced: tuple[str, ...], tmp_path: Path) -> None:
    tables = []
    for model in sliced[:2]:
        table = Path(model).with_suffix(".parquet")
        assert cli("score", model, *sliced[2:], "--per-row", table).code == 0
        tables.append(table)
    from_rows = cli("compare", *tables, "-f", "json").json["against"][0]
    from_files = cli("compare", *sliced, "-f", "json").json["against"][0]
    assert from_rows["flips"] == from_files["flips"]
    f1 = [found["changes"]["f1_macro"] for found in (from_rows, from_files)]
    assert f1[0]["interval"] == f1[1]["interval"] and f1[0]["p"] == f1[1]["p"]


def test_rules_on_classes_that_do_not_exist_are_refused(cli: Cli, files: tuple[str, ...]) -> None:
    assert_refused(cli("compare", *files, "--max-broken", "zebra=1%"), "no class 'zebra'")


def test_predicted_columns_beside_scores(cli: Cli, tmp_path: Path) -> None:
    frame = {"y": Y, "old_p": OLD.argmax(axis=1), "new_p": NEW.argmax(axis=1), "a": OLD[:, 0], "b": OLD[:, 1]}
    path = tmp_path / "both.csv"
    pd.DataFrame(frame).to_csv(path, index=False)
    given = ("--label-col", "y", "--model", "old=old_p", "--model", "new=new_p")
    result = cli("compare", path, *given, "-m", "accuracy")
    assert result.code == 0, result
    assert "like-labels" not in result.err


def labelled(folder: Path) -> tuple[str, ...]:
    """Two models whose files have the labels and ids; the second lacks some rows, and is Parquet."""
    ids, labels = [f"r{i}" for i in range(len(Y))], np.array(list("abc"))[Y]
    tables = [
        pd.DataFrame({"id": ids, "label": labels, **dict(zip("abc", scores.T, strict=True))})
        for scores in (OLD, NEW)
    ]
    tables[0].to_csv(folder / "old.csv", index=False, sep=";")
    tables[1].sample(len(Y) - 30, random_state=0).to_parquet(folder / "new.parquet")
    return str(folder / "old.csv"), str(folder / "new.parquet")


def test_an_option_that_one_model_has_a_use_for_takes_effect(cli: Cli, tmp_path: Path) -> None:
    files = (*labelled(tmp_path), "--id-col", "id", "--delimiter", ";")  # of one CSV, and one Parquet file
    refused = cli("compare", *files)
    assert_refused(refused, "--on-missing drop")
    result = cli("compare", *files, "--on-missing", "drop", "--format", "json")
    assert result.code == 0, result
    assert result.json["rows"] == len(Y) - 30
    assert [model["left_out"] for model in result.json["models"]] == [30, 0]


def test_an_option_that_no_model_has_a_use_for_is_refused(cli: Cli, tmp_path: Path) -> None:
    _, new = labelled(tmp_path)
    again = shutil.copy(new, tmp_path / "again.parquet")
    assert_refused(cli("compare", new, str(again), "--delimiter", ";"), "none of the files is delimited text")
    assert_refused(cli("compare", new, str(again), "--min-n", "5"), "no slices")
