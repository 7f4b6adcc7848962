from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import f1_score

from support.command_line import Cli, Save, assert_refused

NAMES = np.array(["ant", "bee", "cow"])
RNG = np.random.default_rng(4)
TRUTH, PREDICTED = (RNG.random((2, 300, 3)) < 0.4).astype(int)


def sets(matrix: np.ndarray) -> list[list[str]]:
    return [list(NAMES[row > 0]) for row in matrix]


@pytest.mark.parametrize("form", ["parquet", "jsonl", "csv", "ids"])
def test_predicted_lists_of_labels(form: str, cli: Cli, saved: Save, tmp_path: object) -> None:
    truth, predicted = sets(TRUTH), sets(PREDICTED)
    more: tuple[object, ...] = ()
    if form == "csv":
        rows = [f"{'|'.join(t)},{'|'.join(p)}" for t, p in zip(truth, predicted, strict=True)]
        path, more = saved("p.csv", "label,pred\n" + "\n".join(rows) + "\n"), ("--label-sep", "|")
    elif form == "jsonl":
        rows = [json.dumps({"label": t, "pred": p}) for t, p in zip(truth, predicted, strict=True)]
        path = saved("p.jsonl", "\n".join(rows))
    else:
        path = saved("p.parquet", "")
        ids = list(range(300))
        table = pa.table(
            {"id": ids, "pred": predicted} if form == "ids" else {"label": truth, "pred": predicted}
        )
        pq.write_table(table, path, row_group_size=70)
        if form == "ids":
            labels = pd.DataFrame({"id": ids, "label": truth}).sample(frac=1, random_state=0)
            labels.to_parquet(f"{tmp_path}/y.parquet", index=False)
            more = ("--labels", f"{tmp_path}/y.parquet")
    for average in ("macro", "micro", "samples"):
        found = cli("score", path, *more, "--only", f"f1_{average}")
        wanted = f1_score(TRUTH, PREDICTED, average=average, zero_division=0)
        assert float(found.out) == pytest.approx(wanted), found


def test_labels_that_one_side_alone_has(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,pred\na|b,a\na,a|c\n")
    report = cli("score", path, "--label-sep", "|", "-f", "json").json
    assert report["classes"] == ["a", "b", "c"]
    assert_refused(cli("score", path, "--label-sep", "|", "--classes", "a,b"), "not among the 2 classes")
