from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest

from evalcli.plots.canvas import as_bytes, styled
from evalcli.plots.kinds import KINDS, draw, kinds_of, lacking
from support.drawing import report

EXPECTED = {
    "binary": {"confusion", "confused", "roc", "pr", "reliability", "scores", "thresholds", "gains", "lift"}
    | {"classes", "slices"},
    "multiclass": {"confusion", "confused", "roc", "pr", "reliability", "scores", "classes"},
    "multilabel": {"roc", "pr", "thresholds", "gains", "lift", "classes"},
    "regression": {"residuals", "predicted"},
}


@pytest.mark.parametrize("task", EXPECTED)
def test_each_task_has_its_pictures_and_none_is_blank(task: str) -> None:
    from PIL import Image

    source = report(task)
    kinds = kinds_of(source)
    assert {kind.name for kind in kinds} == EXPECTED[task]
    for kind in kinds:
        with styled(None):
            data = as_bytes(draw(kind, source), ".png", 60)
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
        assert pixels.std() > 5, kind.name
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (edge > 250).all(), f"{kind.name} is cut"


def test_why_there_is_none() -> None:
    assert lacking(KINDS["residuals"], report()) == "binary data has no such picture"
    assert lacking(KINDS["changes"], report()) == "it is of a comparison; this is a report"
    assert lacking(KINDS["history"], report()) == "it is of a training run; this is a report"
    plain = report(curves="none")
    assert lacking(KINDS["roc"], plain) == "the report has no curves"
    assert lacking(KINDS["slices"], report("multiclass")) == "the report has no slices"


def test_matplotlib_is_imported_only_to_draw() -> None:
    code = "import evalcli.plots.kinds, sys; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
