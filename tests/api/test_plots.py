from __future__ import annotations

import pytest

import evalcli
from support.drawing import report


def test_pictures_of_a_report() -> None:
    from matplotlib.figure import Figure

    source = report()
    assert "roc" in list(source.plot) and "roc" in dir(source.plot)  # type: ignore[attr-defined]
    drawn = source.plot.roc()  # type: ignore[attr-defined]
    assert isinstance(drawn, Figure)
    axes = Figure().add_subplot()
    assert source.plot.confusion(ax=axes) is axes.figure  # type: ignore[attr-defined]
    assert axes.get_ylabel() == "truth"
    frame = source.plot.pr.frame()  # type: ignore[attr-defined]
    assert list(frame)[:2] == ["curve", "threshold"] and len(frame) > 100


def test_what_there_is_not() -> None:
    with pytest.raises(evalcli.EvalcliError, match="no such picture"):
        report().plot.residuals()  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no picture 'nothing'"):
        _ = report().plot.nothing  # type: ignore[attr-defined]
    plain = evalcli.evaluate([0, 1, 1, 0], [0.1, 0.7, 0.8, 0.3])
    with pytest.raises(evalcli.EvalcliError, match="curves"):
        plain.plot.roc()
