"""What a user writes with polars-ds: the figures that it has of one class, or of each class."""

import json
import sys

import polars as pl
import polars_ds as pds


def main(predictions: str, labels: str) -> None:
    scores, y = pl.read_parquet(predictions), pl.read_csv(labels)["label"]
    print(json.dumps(binary(scores, y) if scores.width == 1 else multiclass(scores, y)))


def binary(scores: pl.DataFrame, y: pl.Series) -> dict[str, float]:
    p = scores.to_series(0).cast(pl.Float64).alias("p")
    return (
        pl.DataFrame([p, y.cast(pl.UInt32).alias("y")])
        .select(
            roc_auc=pds.query_roc_auc("y", "p"),
            log_loss=pds.query_log_loss("y", "p"),
            brier=(pl.col("p") - pl.col("y")).pow(2).mean(),
        )
        .row(0, named=True)
    )


def multiclass(scores: pl.DataFrame, y: pl.Series) -> dict[str, float]:
    names = scores.columns
    rows = scores.with_columns(y.alias("y"))
    areas = rows.select(
        pds.query_roc_auc((pl.col("y") == j).cast(pl.UInt32), pl.col(name).cast(pl.Float64)).alias(name)
        for j, name in enumerate(names)
    ).row(0)
    hits = rows.select((pl.concat_list(names).list.arg_max() == pl.col("y")).mean()).item()
    return {"accuracy": hits, "roc_auc_ovr_macro": sum(areas) / len(areas)}


if __name__ == "__main__":
    main(*sys.argv[1:])
