from __future__ import annotations

import pandas as pd
import pytest

from evalcli.inputs.tags import look_like_tags
from support.command_line import Cli, Save, assert_refused

TAGS = [{"a"}, {"a", "b"}, set(), {"b", "c"}, {"c"}, {"a", "c"}]
SCORES = [
    (0.9, 0.2, 0.1),
    (0.8, 0.7, 0.3),
    (0.1, 0.6, 0.2),
    (0.2, 0.9, 0.8),
    (0.3, 0.1, 0.4),
    (0.9, 0.1, 0.7),
]


def written(save: Save, sign: str) -> object:
    lines = [
        f'"{sign.join(sorted(tags))}",{",".join(map(str, p))}' for tags, p in zip(TAGS, SCORES, strict=True)
    ]
    return save("p.csv", "\n".join(["labels,prob_a,prob_b,prob_c", *lines]) + "\n")


@pytest.mark.parametrize("sign", ["|", ";", ", ", " ", "|| ", " ; "])
def test_tags_of_one_field_are_what_columns_of_0_and_1_are(sign: str, cli: Cli, saved: Save) -> None:
    table = pd.DataFrame({f"label_{name}": [int(name in tags) for tags in TAGS] for name in "abc"})
    for j, name in enumerate("abc"):
        table[f"prob_{name}"] = [p[j] for p in SCORES]
    columns = saved("c.csv", table.to_csv(index=False))
    only = ("--only", "f1_macro", "--only", "f1_samples")
    wanted = cli("score", columns, "--label-cols", "label_*", *only).out
    path = written(saved, sign)
    assert cli("score", path, "--task", "multilabel", *only).out == wanted
    if sign.strip():
        assert cli("score", path, "--label-sep", sign, *only).out == wanted


def test_tags_are_asked_about(cli: Cli, saved: Save) -> None:
    path = written(saved, "|")
    assert_refused(cli("score", path), "several labels per field", "--task multilabel --label-sep '|'")
    mixed = saved("m.csv", "labels,prob_a,prob_b\na|b,1,1\na;b,1,1\n")
    assert_refused(cli("score", mixed, "--task", "multilabel"), "what separates", "--label-sep '|'")


def test_a_separator_without_tags_is_refused(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,1,0\nb,0,1\n")
    assert_refused(cli("score", path, "--label-sep", "|", "--task", "multiclass"), "--label-sep")
    numbers = saved("n.csv", "y,pred\n1.5,2.5\n2.5,2\n")
    assert_refused(cli("score", numbers, "--label-sep", "|"), "multilabel")


def test_names_with_signs_in_them_are_no_tags() -> None:
    assert look_like_tags(["a|b", "c|d"]) is None
    assert look_like_tags(["a|b", "a", "b"]) == "|"
    assert look_like_tags(["cat", "dog"]) is None
