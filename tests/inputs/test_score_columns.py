from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Save, assert_refused
from support.inspecting import RNG, good, saved_table


def roles(cli: Cli, *arguments: object) -> dict[str, object]:
    found: dict[str, object] = cli("score", *arguments, "-f", "json").json["input"]["roles"]
    return found


@pytest.mark.parametrize("order", [range(12), sorted(range(12), key=str), range(11, -1, -1)])
@pytest.mark.parametrize(
    "more", [(), ("--classes", ",".join(map(str, range(12)))), ("--classes", ",".join("abcdefghijkl"))]
)
def test_numbered_columns_go_with_the_classes_by_number(
    order: object, more: tuple[str, ...], cli: Cli, tmp_path: Path
) -> None:
    y, p = good(12, 400)
    names = list("abcdefghijkl") if more and "a" in more[1] else list(range(12))
    table = pd.DataFrame({f"prob_{j}": p[:, j] for j in order})  # type: ignore[attr-defined]
    path = saved_table(tmp_path, table.assign(label=np.array(names)[y]))
    value = float(cli("score", path, *more, "--only", "accuracy").out)
    assert value == (p.argmax(axis=1) == y).mean()


def test_words_beside_numbered_columns_are_asked_for(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_0,prob_1\nfir,1,0\nash,0,1\n")
    assert_refused(cli("score", path), "labels are words", "--classes ash,fir")
    assert cli("score", path, "--classes", "fir,ash", "--only", "accuracy").out == "1.0\n"


def test_classes_for_columns_in_that_order(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,one,two\nash,0.9,0.1\nfir,0.2,0.8\n")
    chosen = ("--score-cols", "one,two", "--classes", "ash,fir")
    assert cli("score", path, *chosen, "--only", "accuracy").out == "1.0\n"
    assert_refused(cli("score", path, "--classes", "ash,fir"), "--score-cols one,two")
    near = saved("q.csv", "label,ash,two\nash,1,0\nfir,0,1\n")
    assert_refused(
        cli("score", near, "--score-cols", "ash,two", "--classes", "fir,ash"), "given classes and the score"
    )


def test_numbers_named_after_numbers_have_to_be_probabilities(cli: Cli, tmp_path: Path) -> None:
    y, p = good(2, 200)
    stored = pd.DataFrame({"label": y, "pred": p.argmax(axis=1)})
    scores = stored.assign(x0=p[:, 0], x1=p[:, 1])
    assert roles(cli, saved_table(tmp_path, scores, "a.csv"))["scores"] == ["x0", "x1"]
    features = stored.assign(x0=RNG.normal(size=200), x1=RNG.normal(size=200))
    assert roles(cli, saved_table(tmp_path, features, "b.csv"))["scores"] == []


def test_a_list_of_features_is_no_scores(cli: Cli, saved: Save) -> None:
    rows = [{"features": [0.1 * j, 0.5], "label": j % 2} for j in range(4)]
    path = saved("p.jsonl", "\n".join(map(json.dumps, rows)))
    assert_refused(cli("score", path), "features may be inputs of the model")
    assert cli("score", path, "--score-cols", "features", "--scores", "raw").code == 0


def test_class_codes_stored_as_floats(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prediction\n" + "0,0.0\n1,2.0\n2,2.0\n" * 3)
    result = cli("score", path)
    assert "codes-as-floats" in result.err
    assert roles(cli, path)["predicted"] == "prediction"
    assert cli("score", path, "--fail-on", "any").code == 1


def test_text_among_columns_of_scores_is_told(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,high,0.1\nb,0.2,0.8\n")
    assert_refused(cli("score", path), "a score is not a number", "column prob_a")


def test_a_glob_leaves_out_what_holds_no_numbers(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,.pred_class,.pred_a,.pred_b\na,b,0.9,0.1\nb,b,0.2,0.8\n")
    found = roles(cli, path, "--score-cols", ".pred_*")
    assert (found["scores"], found["predicted"]) == ([".pred_a", ".pred_b"], ".pred_class")


@pytest.mark.parametrize("head", ["dist", "loss", "rank", "energy", "nll"])
def test_figures_of_which_less_is_better_are_a_question(head: str, cli: Cli, saved: Save) -> None:
    rows = "ash,0.5,2.5,3.5\nfir,2.5,0.5,3.5\noak,3.5,2.5,0.5\n"
    path = saved("p.csv", f"label,{head}_ash,{head}_fir,{head}_oak\n{rows}")
    assert_refused(cli("score", path), "higher or lower values", f"--score-cols '{head}_*' --scores raw")
    assert cli("score", path, "--score-cols", f"{head}_*", "--scores", "raw").code == 0


@pytest.mark.parametrize("moved", [False, True])
def test_names_of_classes_in_a_list_beside_the_scores(moved: bool, cli: Cli, saved: Save) -> None:
    rows = [{"truth": "a", "names": ["b", "a"], "scores": [0.25, 0.75]}]
    rows += [{"truth": "b", "names": ["a", "b"] if moved else ["b", "a"], "scores": [0.75, 0.25]}]
    path = saved("p.jsonl", "\n".join(map(json.dumps, rows)))
    result = cli("score", path, "--only", "accuracy")
    if moved:
        assert_refused(result, "in a different order in each row", "jq -c")
    else:
        assert (result.out, "order-assumed" in result.err) == ("1.0\n", False)


def test_numbers_sorted_as_text_are_told(cli: Cli, tmp_path: Path) -> None:
    y, p = good(12, 200)
    np.savez(tmp_path / "p.npz", label=y.astype(str), probs=p)
    np.savez(tmp_path / "q.npz", label=y, probs=p)
    assert "order-assumed" in cli("score", tmp_path / "p.npz").err
    assert "order-assumed" not in cli("score", tmp_path / "q.npz").err


def test_the_only_fractions_are_told(cli: Cli, saved: Save) -> None:
    assert "score-assumed" in cli("score", saved("p.csv", "label,age\n0,0.25\n1,0.75\n0,0.5\n")).err
    assert "score-assumed" not in cli("score", saved("q.csv", "label,prob\n0,0.25\n1,0.75\n0,0.5\n")).err


def test_columns_called_as_the_columns_of_labels(cli: Cli, saved: Save) -> None:
    p, y = saved("p.csv", "a,b\n1,0\n0,1\n1,1\n"), saved("y.csv", "a,b\n1,0\n1,1\n0,1\n")
    assert cli("score", p, "--labels", y, "--only", "subset_accuracy").out == "0.3333333333333333\n"


def test_labels_that_are_places_of_predicted_words(cli: Cli, saved: Save) -> None:
    y = saved("y.csv", "label\n0\n1\n")
    p = saved("p.jsonl", '{"label":"LABEL_0","score":0.9}\n{"label":"LABEL_1","score":0.8}\n')
    assert_refused(cli("score", p, "--labels", y), "no value in common", "--classes LABEL_0,LABEL_1")
    assert cli("score", p, "--labels", y, "--classes", "LABEL_0,LABEL_1", "--only", "accuracy").out == "1.0\n"
