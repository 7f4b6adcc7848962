from __future__ import annotations

from pathlib import Path

import pandas as pd

from support.command_line import Cli
from support.formats import EXACT
from support.paths import GAME_COLUMNS, GAMES


def test_tidy_text_is_read_by_pandas(cli: Cli, tmp_path: Path) -> None:
    report = cli(
        "score", GAMES, *GAME_COLUMNS, "-f", "json", "-o", tmp_path / "r.csv", "-o", tmp_path / "r.tsv"
    ).json
    table = pd.read_csv(tmp_path / "r.csv", dtype={"class": str}, **EXACT)
    pd.testing.assert_frame_equal(
        table, pd.read_csv(tmp_path / "r.tsv", sep="\t", dtype={"class": str}, **EXACT)
    )
    whole = table[table["class"].isna()].set_index("metric")
    assert whole["value"].to_dict() == {name: score["value"] for name, score in report["metrics"].items()}
    low = whole["low"].dropna().to_dict()
    assert low == {n: s["interval"][0] for n, s in report["metrics"].items() if "interval" in s}
    recall = table[table["metric"].eq("recall") & table["class"].eq("0")]
    assert recall["value"].item() == report["per_class"]["0"]["recall"]["value"]
    assert len(table) == len(report["metrics"]) + sum(len(row) - 1 for row in report["per_class"].values())
