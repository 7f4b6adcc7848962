from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.models import models_of
from evalcli.errors import UsageError
from evalcli.inputs.options import Options


@pytest.fixture
def both(tmp_path: Path) -> Options:
    path = tmp_path / "both.csv"
    path.write_text("y,p,q,c,d\n0,0.2,0.7,a,0\n1,0.9,0.4,b,1\n")
    return Options(str(path), label_col="y")


def test_a_column_has_scores_or_classes(both: Options) -> None:
    found = models_of(both, ["one=p", "two=c", "three=d", "four=p,q"])
    assert [name for name, _ in found] == ["one", "two", "three", "four"]
    assert [options.score_cols for _, options in found] == [("p",), (), (), ()] or found[0][1].score_cols == (
        "p",
    )
    assert [options.pred_col for _, options in found][1:3] == ["c", "d"]


def test_a_file_for_each_model() -> None:
    found = models_of(Options(("a.csv", "b.csv")), ())
    assert [(name, options.predictions) for name, options in found] == [
        ("a.csv", ("a.csv",)),
        ("b.csv", ("b.csv",)),
    ]
    with pytest.raises(UsageError, match="needs two files"):
        models_of(Options(("a.csv",)), ())


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["a"], "is not NAME=COLUMNS"),
        (["a=p"], "two or more"),
        (["a=p", "a=q"], "two or more"),
        (["a=zz"], "no column"),
    ],
)
def test_what_names_no_models(columns: list[str], words: str, both: Options) -> None:
    with pytest.raises(UsageError, match=words):
        models_of(both, columns)
