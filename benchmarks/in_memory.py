"""Seconds of one call on arrays in memory, by one tool: imports, reading and a first call are not counted.

``evaluate``: the whole report of 2,000,000 × 10. ``update``: 1,000 batches of 256 × 10. A function of
scikit-learn's name: on 1,000,000 rows.
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq

ROWS, BATCH, BATCHES = 1_000_000, 256, 1_000


def main(tool: str, what: str, predictions: str, labels: str) -> None:
    table = pq.read_table(predictions)
    scores = np.stack([column.to_numpy() for column in table.columns], axis=1)
    y = pc.read_csv(labels)["label"].to_numpy().astype(np.int64)
    call = {"evaluate": whole, "update": updates}.get(what, single)
    print(call(tool, what, y, scores))


def whole(tool: str, _: str, y: np.ndarray, scores: np.ndarray) -> float:
    if tool == "evalcli":
        import evalcli

        return timed(lambda: evalcli.evaluate(y, scores))
    if tool == "torchmetrics":
        import torch

        from with_torchmetrics import multiclass

        given = torch.from_numpy(y), torch.from_numpy(scores)
        return once(lambda: multiclass(*given))
    from with_sklearn import multiclass as with_sklearn

    return once(lambda: with_sklearn(y, scores, False))


def updates(tool: str, _: str, y: np.ndarray, scores: np.ndarray) -> float:
    """Of 1,000 updates."""
    parts = [slice(at * BATCH, (at + 1) * BATCH) for at in range(BATCHES)]
    if tool == "evalcli":
        import evalcli

        evaluator = evalcli.Evaluator()

        def update(part: slice) -> None:
            evaluator.update(y_true=y[part], y_score=scores[part])

        return timed(lambda: list(map(update, parts)))
    import torch

    from with_torchmetrics import collection_of

    collection, given = collection_of(scores.shape[1]), (torch.from_numpy(scores), torch.from_numpy(y))
    return timed(lambda: [collection.update(given[0][part], given[1][part]) for part in parts])


def single(tool: str, name: str, y: np.ndarray, scores: np.ndarray) -> float:
    module = import_module("evalcli.functional" if tool == "evalcli" else "sklearn.metrics")
    truth, p = (y[:ROWS] > 4).astype(np.int64), scores[:ROWS, 5:].sum(axis=1, dtype=np.float64)
    given = p if name.startswith("roc") else (p > 0.5).astype(np.int64)
    return timed(lambda: getattr(module, name)(truth, given))


def timed(call: Callable[[], object]) -> float:
    call()
    return once(call)


def once(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
