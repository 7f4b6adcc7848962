from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import evalcli
from support.parts import rows


def test_states_from_python(tmp_path: Path) -> None:
    table = rows("multiclass")
    table.to_parquet(tmp_path / "p.parquet")
    whole = evalcli.score(tmp_path / "p.parquet", curves="default")
    for number, part in enumerate(np.split(np.arange(len(table)), 3)):
        path = tmp_path / f"part-{number}.parquet"
        table.iloc[part].to_parquet(path)
        evalcli.score(path, state=path.with_suffix(".state"), first_row=int(part[0]))
    merged = evalcli.merge(tmp_path / "part-*.state", expect=3, state=tmp_path / "all.state")
    assert merged.metrics["accuracy"] == whole.metrics["accuracy"]
    assert merged.curves is not None
    other = {"metrics": "f1_macro,recall_micro", "confidence": 0.5, "curves": "none"}
    again = evalcli.merge([tmp_path / "all.state"], **other)  # type: ignore[arg-type]
    assert list(again.metrics) == ["f1_macro", "recall_micro"]
    assert again.input.confidence == 0.5
    counted = evalcli.score(tmp_path / "p.parquet", ranking="certified")
    assert counted.metrics["roc_auc_ovr_macro"].error is not None
    with pytest.raises(evalcli.EvalcliError, match="3 parts instead of 4"):
        evalcli.merge(tmp_path / "part-*.state", expect=4)
    with pytest.raises(evalcli.EvalcliError, match="invalid value 'some'"):
        evalcli.score(tmp_path / "p.parquet", ranking="some")


@pytest.mark.long
def test_a_cluster_from_python(tmp_path: Path) -> None:
    table = rows("binary")
    for number, part in enumerate(np.split(np.arange(len(table)), 3)):
        table.iloc[part].reset_index(drop=True).to_parquet(tmp_path / f"part-{number}.parquet")
    options = {"task": "binary", "unweighted": True}
    found = evalcli.score(tmp_path / "part-*.parquet", cluster="local:2", **options)  # type: ignore[arg-type]
    whole = evalcli.score(tmp_path / "part-*.parquet", **options)  # type: ignore[arg-type]
    assert found.metrics["roc_auc"].value == whole.metrics["roc_auc"].value
