"""States of comparisons of parts, merged, are the comparison of all rows."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evalcli
from support.command_line import Cli, assert_refused
from support.parts import EDGES, KINDS, LOOKS, N, assert_same_figures, rows

PARTS = list(pairwise(EDGES))


def another(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The predictions of another model on the same rows."""
    rng, other = np.random.default_rng(seed), table.copy()
    for name in table:
        values = table[name]
        if name == "prediction":
            changed = rng.random(len(table)) < 0.1
            other.loc[changed, name] = rng.permutation(values[changed])
        elif name.startswith("prob_"):
            other[name] = (
                (values * np.exp(rng.normal(size=len(table)) / 4)).astype(values.dtype).clip(upper=1)
            )
        elif name == "score":
            noise = rng.normal(size=len(table)) / 10
            moved = (values + noise).astype(values.dtype)
            other[name] = moved.clip(0, 1) if values.between(0, 1).all() else moved
        elif name.startswith("logit_") or name == "y_pred":
            other[name] = (values * (1 + rng.normal(size=len(table)) / 20)).astype(values.dtype)
    chances = [name for name in table if name.startswith("prob_")]
    if chances and "label" in table:
        other[chances] = other[chances].div(other[chances].sum(axis=1), axis=0)
    return other


def models(folder: Path, kind: str, count: int = 2) -> list[tuple[Path, ...]]:
    """Files of each model: of all rows, then of each part."""
    table = rows(kind).reset_index(drop=True)
    tables = [table, *(another(table, seed) for seed in range(1, count))]
    found = []
    for part, (start, end) in enumerate([(0, N), *PARTS]):
        inside = folder / str(part)
        inside.mkdir()
        for number, model in enumerate(tables):
            model.iloc[start:end].to_parquet(inside / f"model{number}.parquet")
        found.append(tuple(inside / f"model{number}.parquet" for number in range(count)))
    return found


def options_of(kind: str, look: str) -> tuple[str, ...]:
    classes = ("--classes", "ash,fir,oak") if kind.startswith("multiclass") else ()
    weights = () if look == "weights" else ("--unweighted",)
    return (*dict.fromkeys([*KINDS[kind], *classes]), *LOOKS[look], *weights)


def states_of(cli: Cli, files: list[tuple[Path, ...]], options: tuple[str, ...]) -> list[Path]:
    states = []
    for number, (paths, (start, _)) in enumerate(zip(files, PARTS, strict=True)):
        state = paths[0].parent / f"part-{number}.state"
        found = cli("compare", *paths, *options, "--state", state, "--first-row", str(start))
        assert found.code == 0, found.err
        states.append(state)
    return states


def shared(found: Any) -> dict[str, Any]:
    """What a merged comparison shares with that of one run."""
    names = ("task", "classes", "rows", "against", "alike", "headline", "confidence", "definitions")
    of_models = ("name", "values", "reasons", "left_out")
    values = [[model[name] for name in of_models] for model in found["models"]]
    notes = [(note["code"], note["message"]) for note in found["notes"]]
    return {**{name: found[name] for name in names}, "models": values, "notes": notes}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_merged_is_whole(kind: str, look: str, cli: Cli, tmp_path: Path) -> None:
    whole, *parts = models(tmp_path, kind)
    options = options_of(kind, look)
    expected = cli("compare", *whole, *options, "--format", "json")
    assert expected.code == 0, expected.err
    states = states_of(cli, parts, options)
    found = cli("compare", *states, "--format", "json", "--state", tmp_path / "all.state")
    assert found.code == 0, found.err
    assert_same_figures(shared(found.json), shared(expected.json))
    again = cli("merge", tmp_path / "all.state", "--format", "json", "--expect", str(len(PARTS)))
    assert again.code == 0, again.err
    assert_same_figures(shared(again.json), shared(expected.json))


def test_three_models_under_rules(cli: Cli, tmp_path: Path) -> None:
    """Any two of them are paired, where the best is not the first; rules may name further metrics."""
    whole, *parts = models(tmp_path, "multiclass", 3)
    options, rules = (
        options_of("multiclass", "slices"),
        ("--not-worse", "accuracy=0.001", "--better", "f1:oak"),
    )
    states = states_of(cli, parts, options)
    for first in (0, 1):
        order = (*whole[first:], *whole[:first])
        expected = cli("compare", *order, *options, *rules, "-f", "json")
        turned = states_of(cli, [(*files[first:], *files[:first]) for files in parts], options)
        found = cli("compare", *turned, *rules, "-f", "json")
        assert found.code == expected.code in (1, 3)
        assert_same_figures(shared(found.json), shared(expected.json))
        assert found.json["rules"] == expected.json["rules"]
    assert_refused(
        cli("compare", *states, "--better", "roc_auc_ovo_macro"), "do not hold what roc_auc_ovo_macro needs"
    )


def test_parts_that_know_no_place(cli: Cli, tmp_path: Path) -> None:
    """The rows of both models are the same sample of all, wherever a part begins."""
    whole, *parts = models(tmp_path, "multiclass")
    options = options_of("multiclass", "plain")
    expected = cli("compare", *whole, *options, "-f", "json").json["against"][0]["changes"]
    states = []
    for number, paths in enumerate(parts):
        states.append(tmp_path / f"{number}.state")
        assert cli("compare", *paths, *options, "--state", states[-1]).code == 0
    found = cli("compare", *states, "-f", "json").json["against"][0]["changes"]
    for name, change in expected.items():
        assert found[name]["interval"] == pytest.approx(change["interval"], rel=1e-9), name


def test_names_that_parts_share(cli: Cli, tmp_path: Path) -> None:
    _, *parts = models(tmp_path, "binary float32")
    options, states = ("--unweighted",), []
    for number, (old, new) in enumerate(parts):
        named = [
            old.rename(tmp_path / f"old-{number}.parquet"),
            new.rename(tmp_path / f"new-{number}.parquet"),
        ]
        states.append(tmp_path / f"{number}.state")
        assert cli("compare", *named, *options, "--state", states[-1]).code == 0
    found = cli("compare", str(tmp_path / "*.state"), "-f", "json").json
    assert [model["name"] for model in found["models"]] == ["old", "new"]
    assert found["rows"] == N


def test_what_does_not_fit(cli: Cli, tmp_path: Path) -> None:
    _, first, _, second, third = models(tmp_path, "multiclass", 3)
    options = options_of("multiclass", "plain")
    one, two, three, score = (tmp_path / f"{name}.state" for name in ("one", "two", "three", "score"))
    assert cli("compare", *first[:2], *options, "--state", one).code == 0
    assert cli("compare", *second, *options, "--state", two).code == 0
    assert cli("compare", *third[:2], *options, "--bins", "7", "--state", three).code == 0
    assert cli("score", first[0], *options, "--state", score).code == 0
    assert_refused(cli("compare", one, two), "models: model0.parquet, model1.parquet and model0.parquet")
    assert_refused(cli("compare", one, three), "model0.parquet: bins: 15 and 7")
    assert_refused(cli("merge", one, one.rename(tmp_path / "copy.state")), "no such file")
    assert_refused(cli("compare", tmp_path / "copy.state", score), "the state is of one model")
    assert_refused(
        cli("merge", score, tmp_path / "copy.state"), "the state is of a comparison", "evalcli compare"
    )
    assert_refused(cli("merge", two, "--fail-under", "f1=0.5"), "have no --fail-under", "evalcli compare")
    assert_refused(cli("compare", two, "--by", "site"), "stored states have no rows")
    assert_refused(cli("compare", *first[:2], *options, "--first-row", "3"), "--first-row is for --state")


def test_from_python(cli: Cli, tmp_path: Path) -> None:
    whole, *parts = models(tmp_path, "binary float32")
    for number, (paths, (start, _)) in enumerate(zip(parts, PARTS, strict=True)):
        evalcli.compare(*paths, unweighted=True, state=tmp_path / f"{number}.state", first_row=start)
    found = evalcli.compare(tmp_path / "*.state", not_worse={"accuracy": 0.5})
    expected = evalcli.compare(*whole, unweighted=True)
    assert found.verdict == "pass"
    assert found["roc_auc"].interval == pytest.approx(expected["roc_auc"].interval)
    with pytest.raises(ValueError, match="stored results have no rows"):
        found.broken()
    with pytest.raises(evalcli.EvalcliError, match="refusing to overwrite the input"):
        evalcli.compare(tmp_path / "*.state", state=tmp_path / "0.state")
    for given in ({"by": "site"}, {"labels": "y.csv"}):
        with pytest.raises(evalcli.EvalcliError, match="stored states have no rows, which"):
            evalcli.compare(tmp_path / "*.state", **given)
    reports = [tmp_path / f"{number}.json" for number in (0, 1)]
    for path, file in zip(reports, whole, strict=True):
        evalcli.score(file, unweighted=True).save(path)
    with pytest.raises(evalcli.EvalcliError, match="stored reports have no rows, which state is about"):
        evalcli.compare(*reports, state=tmp_path / "no.state")


def test_models_in_another_order(cli: Cli, tmp_path: Path) -> None:
    """In half of the rows old would be new; whether they are named by --model or by their files."""
    _, first, _, second, _ = models(tmp_path, "multiclass")
    options = options_of("multiclass", "plain")
    one, two = tmp_path / "1.state", tmp_path / "2.state"
    assert cli("compare", *first, *options, "--state", one).code == 0
    assert cli("compare", *second[::-1], *options, "--state", two).code == 0
    assert_refused(
        cli("compare", one, two), "models in another order: model0.parquet, model1.parquet and model1"
    )
    both = pd.DataFrame({"label": [0, 1] * 20, "a": np.linspace(0, 1, 40), "b": np.linspace(0.9, 0.1, 40)})
    for number, order in enumerate(("ab", "ba")):
        both[20 * number :][:20].to_csv(tmp_path / "both.csv", index=False)
        given = [text for name in order for text in ("--model", f"{name}={name}")]
        state = (one, two)[number]
        assert cli("compare", tmp_path / "both.csv", *given, "--state", state).code == 0
    assert_refused(cli("compare", one, two), "models in another order: a, b and b, a")


def test_rules_on_slices_of_states(cli: Cli, tmp_path: Path) -> None:
    _, *parts = models(tmp_path, "multiclass")
    states = states_of(cli, parts, options_of("multiclass", "slices"))
    rules = ("--max-broken", "@each=99%", "--not-worse", "accuracy@each=0.9")
    found = cli("compare", *states, *rules, "-f", "json")
    assert found.code == 0, found.err
    assert len(found.json["rules"]) == 6
    bare = tmp_path / "bare"
    bare.mkdir()
    _, *parts = models(bare, "multiclass")
    states = states_of(cli, parts, options_of("multiclass", "plain"))
    assert_refused(cli("compare", *states, "--max-broken", "@each=99%"), "the states have none")


def test_a_folder_of_states_and_one_that_comes_twice(cli: Cli, tmp_path: Path) -> None:
    _, *parts = models(tmp_path, "binary float32")
    folder = tmp_path / "states"
    folder.mkdir()
    for number, paths in enumerate(parts):
        assert cli("compare", *paths, "--unweighted", "--state", folder / f"{number}.state").code == 0
    for command in ("compare", "merge"):
        assert cli(command, folder, "-f", "json").json["rows"] == N
    (folder / "copy.state").write_bytes((folder / "0.state").read_bytes())
    refused = cli("compare", folder)
    assert_refused(refused, "a part comes twice", "evalcli merge STATES --skip-duplicates")
    left = cli("merge", folder, "--skip-duplicates", "-f", "json").json
    assert [note["code"] for note in left["notes"]].count("parts-skipped") == 1


def test_places_from_python(tmp_path: Path) -> None:
    whole, *_ = models(tmp_path, "binary float32")
    for given in ({"first_row": 3}, {"first_row": -1, "state": tmp_path / "x.state"}):
        with pytest.raises(evalcli.EvalcliError, match="first_row"):
            evalcli.compare(*whole, unweighted=True, **given)


def test_parts_that_share_rows_or_not_their_confidence(cli: Cli, tmp_path: Path) -> None:
    _, first, _, second, _ = models(tmp_path, "binary float32")
    one, two, three = (tmp_path / f"{name}.state" for name in ("one", "two", "three"))
    given = ("--unweighted", "--state")
    assert cli("compare", *first, *given, one, "--first-row", "0").code == 0
    assert cli("compare", *second, *given, two, "--first-row", "149").code == 0
    assert cli("compare", *second, *given, three, "--first-row", "151", "--confidence", "0.9").code == 0
    assert_refused(cli("compare", one, two), "rows are in both, by their --first-row")
    assert_refused(cli("compare", one, three), "confidence: 0.95 and 0.9")


def test_models_that_are_told_by_their_order(cli: Cli, tmp_path: Path) -> None:
    _, *parts = models(tmp_path, "binary float32")
    states = []
    for number, (paths, names) in enumerate(zip(parts, ("ab", "cd", "ef", "gh"), strict=True)):
        named = [path.rename(tmp_path / name) for path, name in zip(paths, names, strict=True)]
        states.append(tmp_path / f"{number}.state")
        assert (
            cli("compare", *named, "--unweighted", "--input-format", "parquet", "--state", states[-1]).code
            == 0
        )
    found = cli("compare", *states, "-f", "json").json
    assert [model["name"] for model in found["models"]] == ["model 1", "model 2"]
    (told,) = (note for note in found["notes"] if note["code"] == "models-by-order")
    assert "model 1 is" in told["message"]


def test_pictures_of_states(cli: Cli, tmp_path: Path) -> None:
    whole, *_ = models(tmp_path, "multiclass")
    state = tmp_path / "all.state"
    assert cli("compare", *whole, "--unweighted", "--state", state).code == 0
    drawn = cli("plot", "flips", state, "-o", tmp_path / "flips.svg")
    assert drawn.code == 0, drawn.err
    assert_refused(cli("score", state), "a state", "evalcli compare")
