"""The page for users of other libraries: both sides of its tables run, and are equal where it says so.

The libraries are no requirement of the tests: a section is skipped where its own is not installed.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalcli.cli.app import run
from support.paths import ROOT

PAGE = (ROOT / "docs" / "coming-from.md").read_text(encoding="utf-8")
FIRST, *REST = re.split(r"^## ", PAGE, flags=re.M)
SECTIONS = {text.partition("\n")[0]: text for text in REST}
NEEDED = {"scikit-learn": "sklearn", "torchmetrics": "torchmetrics", "Keras": "keras", "MLflow": "mlflow"}
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| (the same|differs)\b.*\|$", re.M)
PRINTED = re.compile(r"^\| [^`|]+ \| ([\d.]+) \| `(.+?)` \| (the same|differs)\b.*\|$", re.M)
CLOSE = 2e-6
"""Single precision of other libraries."""


def names_of(section: str) -> dict[str, Any]:
    """What the examples of the page, up to the end of a section, define."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the other libraries
        for text in (FIRST, section):
            for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
                exec(compile(block, "coming-from.md", "exec"), names)
    return names


def number(expression: str, names: dict[str, Any]) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(eval(expression, names))


@pytest.mark.parametrize("library", NEEDED)
def test_both_sides_of_the_tables(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    pytest.importorskip(NEEDED[library])
    names, rows = names_of(SECTIONS[library]), ROW.findall(SECTIONS[library])
    assert len(rows) == SECTIONS[library].count("\n| ") - 1
    for theirs, ours, relation in rows:
        left, right = number(theirs, names), number(ours, names)
        same = left == pytest.approx(right, rel=CLOSE)
        assert same == (relation == "the same"), f"{theirs} is {left}, {ours} is {right}"


def test_what_caret_prints() -> None:
    names, rows = names_of(SECTIONS["caret"]), PRINTED.findall(SECTIONS["caret"])
    assert len(rows) == SECTIONS["caret"].count("\n| ") - 1
    for printed, ours, relation in rows:
        same = round(number(ours, names), 4) == float(printed)
        assert same == (relation == "the same"), f"{printed}, {ours} is {number(ours, names)}"


def test_the_interval_that_caret_prints() -> None:
    from scipy.stats import beta

    low, high = beta.ppf([0.025, 0.975], [285, 286], [60, 59])  # 285 of 344
    printed = dict(re.findall(r"^\| 95% CI, (low|high) \| ([\d.]+)", PAGE, re.M))
    assert printed == {"low": f"{low:.4f}", "high": f"{high:.4f}"}


def test_the_command_line_has_these_names(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    names = names_of("")
    p, scores = names["p"], {"report": ["c0", "c1", "c2"], "binary": ["score"]}
    pd.DataFrame({"label": names["y"], "c0": p[:, 0], "c1": p[:, 1], "c2": p[:, 2]}).to_csv(
        tmp_path / "report.csv", index=False
    )
    pd.DataFrame({"label": names["b"], "score": names["q"]}).to_csv(tmp_path / "binary.csv", index=False)
    for report, columns in scores.items():
        keys = sorted(set(re.findall(rf'{report}\["([a-z_0-9]+)"\]', PAGE)))
        typed = ["score", str(tmp_path / f"{report}.csv"), "--label-col", "label", "--no-intervals"]
        typed += ["--score-cols", ",".join(columns), "-m", ",".join(keys), "-f", "json"]
        typed += ["--classes", "0,1,2"] if report == "report" else []
        assert run(typed) == 0
        metrics = json.loads(capsysbinary.readouterr().out)["metrics"]
        assert len(keys) > 5
        for key in keys:
            np.testing.assert_allclose(metrics[key]["value"], float(names[report][key]), rtol=1e-9)
