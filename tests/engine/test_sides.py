from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.sides import on_the_same_rows
from evalcli.errors import InputError
from evalcli.inputs.options import Options
from support.comparing import two_models, written

Y, OLD, NEW = two_models(200)


def test_models_of_other_classes_are_refused(tmp_path: Path) -> None:
    labels, first, second = written(tmp_path, Y, OLD, NEW)
    second.write_text(second.read_text().replace("id,cat,dog,owl", "id,cat,dog,fox", 1))
    (tmp_path / "z.csv").write_text(labels.read_text().replace(",owl", ",fox"))
    models = [
        ("a", Options(str(first), labels=str(labels))),
        ("b", Options(str(second), labels=str(tmp_path / "z.csv"))),
    ]
    with pytest.raises(InputError, match="different classes"):
        on_the_same_rows(models, ())


def test_columns_in_another_order_are_the_same_classes(tmp_path: Path) -> None:
    labels, first, second = written(tmp_path, Y, OLD, OLD)
    lines = [line.split(",") for line in second.read_text().splitlines()]
    second.write_text("\n".join(",".join([a, d, b, c]) for a, b, c, d in lines) + "\n")
    sides, left_out = on_the_same_rows(
        [(p.name, Options(str(p), labels=str(labels))) for p in (first, second)], ()
    )
    assert left_out == [0, 0]
    one, other = (side.codes(sides[0].context.classes) for side in sides)
    assert one is not None and other is not None
    assert (one == other).all()
