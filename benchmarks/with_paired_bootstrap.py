"""What a user writes with scikit-learn to compare two models: figures of resampled rows, again and again."""

import json
import sys
import time

import numpy as np
import pandas as pd

from with_sklearn import multiclass


def main(first: str, second: str, labels: str, resamples: str) -> None:
    y = pd.read_csv(labels)["label"].to_numpy()
    scores = [pd.read_parquet(path).to_numpy() for path in (first, second)]
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    found = []
    for _ in range(int(resamples)):
        some = rng.integers(0, len(y), len(y))
        old, new = (multiclass(y[some], p[some], frugal=True) for p in scores)
        found.append({name: new[name] - old[name] for name in old})
    low, high = np.quantile(pd.DataFrame(found), [0.025, 0.975], axis=0)
    ends = {name: [a, b] for name, a, b in zip(found[0], low, high, strict=True)}
    print(json.dumps({"seconds": time.perf_counter() - start, "intervals": ends}))


if __name__ == "__main__":
    main(*sys.argv[1:])
