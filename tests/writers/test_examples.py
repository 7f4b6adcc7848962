from __future__ import annotations

import numpy as np
import pyarrow as pa

from evalcli.writers.examples import Examples


def _batch(rng: np.random.Generator, classes: int, first: int, n: int) -> pa.RecordBatch:
    truth, predicted = rng.integers(0, classes, (2, n))
    names = np.array([f"c{i}" for i in range(classes)])
    return pa.RecordBatch.from_pydict(
        {
            "row": np.arange(first, first + n),
            "truth": pa.array(names[truth]).dictionary_encode(),
            "predicted": names[predicted],
            "loss": rng.random(n),
            "correct": truth == predicted,
        }
    )


def test_the_worst_rows_of_each_cell_are_kept() -> None:
    rng = np.random.default_rng(0)
    batches = [_batch(rng, 3, 1 + 100 * i, 100) for i in range(4)]
    examples = Examples(5, 500)
    for batch in batches:
        examples.take(batch)
    rows = pa.Table.from_batches(
        [b.set_column(1, "truth", b["truth"].dictionary_decode()) for b in batches]
    ).to_pylist()
    for truth in ("c0", "c1", "c2"):
        for predicted in ("c0", "c1", "c2"):
            cell = [row for row in rows if (row["truth"], row["predicted"]) == (truth, predicted)]
            worst = sorted(cell, key=lambda row: -row["loss"])[:5]
            assert [r for r in examples.rows if (r["truth"], r["predicted"]) == (truth, predicted)] == worst


def test_there_are_never_more_than_a_page_holds_and_errors_come_first() -> None:
    examples = Examples(5, 500)
    examples.take(_batch(np.random.default_rng(1), 40, 1, 20_000))
    assert len(examples.rows) == 500 and not any(row["correct"] for row in examples.rows)


def test_rows_without_one_class_have_no_cell() -> None:
    examples = Examples(5, 500)
    examples.take(pa.RecordBatch.from_pydict({"truth": [1.0], "predicted": [2.0], "error": [1.0]}))
    examples.take(pa.RecordBatch.from_pydict({"truth": [["a"]], "predicted": [["a"]], "correct": [True]}))
    assert examples.rows == ()
