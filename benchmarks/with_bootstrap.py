"""What a user writes with scikit-learn for intervals: the figures of resampled rows, again and again."""

import json
import sys
import time

import numpy as np
import pandas as pd

from with_sklearn import multiclass


def main(predictions: str, labels: str, rows: str, resamples: str) -> None:
    scores = pd.read_parquet(predictions).to_numpy()[: int(rows)]
    y = pd.read_csv(labels)["label"].to_numpy()[: int(rows)]
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    found = []
    for _ in range(int(resamples)):
        some = rng.integers(0, len(y), len(y))
        found.append(multiclass(y[some], scores[some], frugal=True))
    low, high = np.quantile(pd.DataFrame(found), [0.025, 0.975], axis=0)
    ends = {name: [a, b] for name, a, b in zip(found[0], low, high, strict=True)}
    print(json.dumps({"seconds": time.perf_counter() - start, "intervals": ends}))


if __name__ == "__main__":
    main(*sys.argv[1:])
