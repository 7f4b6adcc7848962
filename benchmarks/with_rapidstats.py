"""What a user writes with rapidstats: the figures that it has of one class, or of each class."""

import json
import sys

import polars as pl
import rapidstats.metrics as rs


def main(predictions: str, labels: str) -> None:
    scores, y = pl.read_parquet(predictions), pl.read_csv(labels)["label"]
    if scores.width == 1:
        p = scores.to_series(0)
        figures = {
            "roc_auc": rs.roc_auc(y == 1, p),
            "average_precision": rs.average_precision(y == 1, p),
            "brier": rs.brier_loss(y == 1, p),
        }
    else:
        areas = [rs.roc_auc(y == j, scores.to_series(j)) for j in range(scores.width)]
        figures = {"roc_auc_ovr_macro": sum(areas) / len(areas)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
