from __future__ import annotations

from pathlib import Path

import pandas as pd

from support.command_line import Cli
from support.inspecting import saved_table


def test_label_columns_of_text(cli: Cli, tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"label_a": ["0", "1"], "label_b": ["1", "1"], "prob_a": [0.2, 0.8], "prob_b": [0.3, 0.6]}
    )
    path = saved_table(tmp_path, table, "p.parquet")
    refused = cli("score", path, "--label-cols", "label_*", "--score-cols", "prob_*")
    assert (refused.code, "a label column is not an indicator column" in refused.err) == (2, True)
    boolean = table.assign(label_a=[False, True], label_b=[True, True])
    found = cli(
        "score", saved_table(tmp_path, boolean, "b.csv"), "--label-cols", "label_*", "--score-cols", "prob_*"
    )
    assert found.code == 0
