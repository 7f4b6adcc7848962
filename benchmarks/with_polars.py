"""What a user writes with polars alone for one class: the curve from counts of equal scores."""

import json
import sys

import polars as pl


def main(predictions: str, labels: str) -> None:
    p = pl.read_parquet(predictions).to_series(0).alias("p")
    rows = pl.DataFrame([p, pl.read_csv(labels)["label"].alias("y")])
    curve = (
        rows.lazy()
        .group_by("p")
        .agg(pl.len().cast(pl.Float64).alias("n"), pl.col("y").sum().cast(pl.Float64).alias("hits"))
        .sort("p", descending=True)
        .with_columns(above=pl.col("hits").cum_sum(), seen=pl.col("n").cum_sum())
        .with_columns(miss=pl.col("n") - pl.col("hits"))
        .select(
            area=((pl.col("above") - pl.col("hits") / 2) * pl.col("miss")).sum(),
            precision=(pl.col("hits") * pl.col("above") / pl.col("seen")).sum(),
            positives=pl.col("hits").sum(),
            negatives=pl.col("miss").sum(),
        )
    )
    score = pl.col("p").cast(pl.Float64)
    loss = rows.lazy().select(
        -pl.when(pl.col("y") == 1).then(score.log()).otherwise((1 - score).log()).mean()
    )
    counted, lost = pl.collect_all([curve, loss])
    found = counted.row(0, named=True)
    figures = {
        "roc_auc": found["area"] / found["positives"] / found["negatives"],
        "average_precision": found["precision"] / found["positives"],
        "log_loss": lost.item(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
