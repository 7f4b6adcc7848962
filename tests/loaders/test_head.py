from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.loaders.head import given_values, head_rows, is_number_row, is_rising, squeezed


def test_records_know_their_lines() -> None:
    rows, padded = head_rows('\n"a\nb",c\r\n , \n\n1,2\n', ",", before=1)
    assert [(row.line, row.end, row.quoted, row.fields) for row in rows] == [
        (3, 4, True, ["a\nb", "c"]),
        (7, 7, False, ["1", "2"]),
    ]
    assert not padded


@pytest.mark.parametrize(
    ("text", "delimiter", "padded"),
    [
        ("a, b\n1, 2\n", ",", True),
        ("a, b\n1,2\n", ",", False),
        ('a, "b,c"\n1, "2,3"\n', ",", True),
        ('a,"b, c"\n1,"2, 3"\n', ",", False),
        ("a , b\n1 ,\n", ",", True),
        ("a b\n1 2\n", " ", False),
        ("  1   2\n  3   4\n", " ", True),
        ("a b c\n1  3\n", " ", False),
        ("a b c \n1 2 3 \n", " ", True),
    ],
)
def test_blanks_that_are_no_part_of_values(text: str, delimiter: str, padded: bool) -> None:
    assert head_rows(text, delimiter)[1] == padded


values = st.text("ab,;\" \n5'", max_size=5).map(str.strip)


@given(st.lists(st.lists(values, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_what_is_squeezed_is_what_was_written_without_blanks(rows: list[list[str]], delimiter: str) -> None:
    def written(between: str) -> bytes:
        stream = io.StringIO(newline="")
        for row in rows:
            quoted = ['"' + value.replace('"', '""') + '"' for value in row]
            stream.write(between.join(quoted) + "\r\n")
        return stream.getvalue().encode()

    plain = squeezed(written(f"  {delimiter} "), delimiter)
    assert plain == written(delimiter)
    assert list(csv.reader(io.StringIO(plain.decode(), newline=""), delimiter=delimiter)) == rows


def test_what_rows_hold() -> None:
    assert is_number_row(["1", "", "0,5"])
    assert not is_number_row(["", " "])
    assert not is_number_row(["1", "a"])
    assert is_rising(["1", "2"])
    assert not is_rising(["0.25", "0.75"])  # probabilities
    assert given_values([" a ", "NA", "", "NaN"]) == ["a"]
