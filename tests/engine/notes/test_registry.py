from __future__ import annotations

from collections.abc import Iterator

import pytest

from evalcli.engine.notes.registry import Checks, Looked, Remark
from evalcli.findings import use
from evalcli.report.notes import NOTES


def made(found: int = 0) -> Checks[int]:
    """Two checks of numbers: one of negative ones, and one that cannot look at zero."""
    checks = Checks[int]()

    @checks.note("row-order", lambda number: None if number else "zero")
    def row_order(number: int) -> Iterator[Remark]:
        if number > 1:
            yield Remark(f"{number} is large")

    @checks.note("no-header")
    def no_header(number: int) -> Iterator[Remark]:
        if number < 0:
            yield Remark("negative", 1, (2,), use(header=False))

    return checks


def look(number: int, excluded: str | None = None, unread: str | None = None) -> Looked:
    return made().look(number, lambda _: excluded, lambda _: unread)


def test_what_is_found_has_the_declared_level_and_step_unless_it_brings_one() -> None:
    (large,) = look(5).notes
    assert (large.code, large.level, large.hint) == ("row-order", "warning", NOTES["row-order"].hint)
    (negative,) = look(-1).notes
    assert (negative.level, negative.count, negative.rows, str(negative.hint)) == (
        "note", 1, (2,), "--no-header",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "excluded", "unread", "notes", "reasons"),
    [
        (1, None, None, [], {}),
        (5, None, None, ["row-order"], {}),
        (0, None, None, [], {"row-order": "zero"}),
        (5, "few rows", None, [], {"no-header": "few rows", "row-order": "few rows"}),
        # a check may find something without all that it is read off; finding nothing means nothing
        (5, None, "no scores", ["row-order"], {"no-header": "no scores"}),
        (0, None, "no scores", [], {"no-header": "no scores", "row-order": "zero"}),
    ],
)
def test_a_code_is_found_or_looked_for_or_has_a_reason(
    number: int, excluded: str | None, unread: str | None, notes: list[str], reasons: dict[str, str]
) -> None:
    looked = look(number, excluded, unread)
    assert ([note.code for note in looked.notes], looked.not_looked_for) == (notes, reasons)


def test_the_order_is_that_of_the_declarations() -> None:
    order = list(NOTES)
    assert list(made().by_code) == ["row-order", "no-header"]
    assert list(look(0, unread="x").not_looked_for) == sorted(("row-order", "no-header"), key=order.index)


def test_a_code_has_one_check_and_a_declaration() -> None:
    checks = made()
    for code in ("row-order", "no-such-code"):
        with pytest.raises(ValueError, match=code):
            checks.note(code)
