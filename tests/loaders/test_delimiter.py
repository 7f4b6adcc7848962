from __future__ import annotations

import pytest

from evalcli.loaders.delimiter import find_delimiter, has_open_ends, has_row_names
from evalcli.loaders.head import head_rows
from evalcli.loaders.open import open_source
from support.command_line import Save


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n0,5;0,25\n", ";"),
        ("0,5;0,25\n0,5;0,75\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("0.5 0.5\n0.25 0.75\n", " "),
        ("  0.5   0.5\n 10.25  0.75\n", " "),
        ("0.5 NA\n0.25 0.75\n", " "),
        ("0,5 0,5\n0,25 0,75\n", " "),
        ('"p" "obs"\n"1" 0.5 "a"\n"2" 0.7 "b"\n', " "),
        ("p obs\n1 0.5 a\n2 0.7 b\n", " "),
        ('"p"\n"1" 0.5\n"2" 0.7\n', " "),
        ("obs p\na 0.5\nb 0.7\n", " "),
        # one column of words
        ("label\nclass 1\nclass 2\n", ","),
        ("city\nNew York\nLos Angeles\n", ","),
        ("city name\nNew York\nLos Angeles\n", ","),
        ("label\na\nb\n", ","),
        ("tags\nsun;haze\nrain;snow\n", ","),
        ("x\n1\t0.5\n2\t0.7\n", "\t"),
    ],
)
def test_delimiters_are_found(text: str, delimiter: str) -> None:
    assert find_delimiter(text, ",", None) == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("p\n0,5\n0,7\n", ";"),
        ("0,5\n0,7\n", ";"),
        ("id,label\n1,0\n2,1\n", ","),  # labels of another program
        ('a,p\nx,"0,5"\n', ","),
        ("a;p\nx;0,5\n", ";"),
    ],
)
def test_a_comma_that_is_said_to_begin_decimals(text: str, delimiter: str) -> None:
    assert find_delimiter(text, ",", ",") == delimiter


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("p,obs\n" + "".join(f"{j},0.5,a\n" for j in range(10)), True),
        ("p,obs\n1,0.5,a\n2,0.7,b\n", False),  # perhaps a text with a comma
        ('"obs","pred"\n"1",1,0\n"2",0,0\n', True),
        ("obs,pred\n" + "".join(f"{7 * j},a,b\n" for j in range(10)), True),
        ("label,p\n1,0,5\n2,0,7\n", False),  # decimal commas
        ("id,label,p\n1,a,0,5\n2,b,0,7\n", False),
        ("label,p\n1,0.5,x\n1,0.7,y\n", False),  # names of rows are all different
        ("label,p\n1,0.5,\n2,0.7,\n", False),
        ("label,p\n1,0.5,0.5\n", False),  # one row says too little
        ("label,p\n1,0.5\n2,0.7\n", False),
    ],
)
def test_names_of_rows(text: str, named: bool) -> None:
    assert has_row_names(head_rows(text, ",")[0], ",") == named


def test_a_delimiter_behind_every_row() -> None:
    assert has_open_ends(head_rows("a,b\n1,2,\n3,4,\n", ",")[0])
    assert not has_open_ends(head_rows("a,b\n1,2,\n3,4,5\n", ",")[0])
    assert not has_open_ends(head_rows("a,b\n", ",")[0])


def test_lists_of_two_under_one_name_are_no_row_names(saved: Save) -> None:
    path = saved("p.tsv", "logits\n" + "".join(f"[{j}.5, -0.25]\n" for j in range(20)))
    assert open_source(str(path)).columns == ("logits",)
