from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support.command_line import Cli, Save, assert_refused


def test_no_rows(cli: Cli, saved: Save, tmp_path: Path) -> None:
    assert_refused(cli("score", saved("p.csv", "label,prob_a,prob_b\n")), "no rows")
    assert_refused(
        cli("score", saved("p.npy", np.empty((0, 2))), "--labels", saved("y.npy", np.empty(0, int))),
        "no rows",
    )
    pq.write_table(
        pa.table({"label": pa.array([], pa.string()), "p": pa.array([], pa.float32())}),
        tmp_path / "p.parquet",
    )
    assert_refused(cli("score", tmp_path / "p.parquet"), "no rows")
