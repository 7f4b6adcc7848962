"""The loops of docs/loops.md with real tensors, where PyTorch is installed: one process, and two."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evalcli

METRICS = ["f1_macro", "roc_auc_ovr_macro", "log_loss", "accuracy"]
ROWS, CLASSES, SIZE = 600, 3, 64
PROCESS = """
import json, sys
import torch
import torch.distributed as dist
import evalcli

rank, store = int(sys.argv[1]), sys.argv[2]
dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
rng = torch.Generator().manual_seed(0)
targets = torch.randint(0, 3, (600,), generator=rng)
logits = torch.randn(600, 3, generator=rng) + torch.nn.functional.one_hot(targets, 3)
own = evalcli.Evaluator(metrics=json.loads(sys.argv[3]))
for number, rows in enumerate(torch.arange(600).split(64)):
    if number % 2 == rank:
        own.update(y_true=targets[rows], y_score=logits[rows])
gathered = [None, None]
dist.all_gather_object(gathered, own.to_bytes())
report = sum(map(evalcli.Evaluator.from_bytes, gathered)).report()
whole = evalcli.evaluate(targets, logits, metrics=json.loads(sys.argv[3]))
scores = [[[score.value, score.interval.low, score.interval.high] for score in each.metrics.values()]
          for each in (report, whole)]
print(json.dumps({"rows": report.input.scored, "scores": scores}))
dist.destroy_process_group()
"""


def trained(torch: Any) -> tuple[Any, Any, Any]:
    """A linear model after an epoch, and the rows that it was trained on."""
    torch.manual_seed(0)
    inputs = torch.randn(ROWS, 4)
    targets = (inputs @ torch.randn(4, CLASSES)).argmax(dim=1)
    model = torch.nn.Linear(4, CLASSES)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for rows in torch.arange(ROWS).split(SIZE):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs[rows]), targets[rows]).backward()
        optimizer.step()
    return model, inputs, targets


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_a_loop_of_pytorch(dtype: str) -> None:
    torch = pytest.importorskip("torch")
    model, inputs, targets = trained(torch)
    evaluator = evalcli.Evaluator(metrics=METRICS)
    kept = []
    for rows in torch.arange(ROWS).split(SIZE):
        logits = model(inputs[rows]).to(getattr(torch, dtype))
        assert logits.requires_grad
        evaluator.update(y_true=targets[rows], y_score=logits)
        kept.append(logits.detach().float())
    report, logits = evaluator.report(), torch.cat(kept)
    exact = torch.nn.functional.cross_entropy(logits.double(), targets)
    right = (logits.argmax(dim=1) == targets).double().mean()
    assert float(report["log_loss"]) == pytest.approx(float(exact), rel=1e-6)
    assert float(report["accuracy"]) == pytest.approx(float(right))
    whole = evalcli.evaluate(targets.numpy(), logits.numpy(), metrics=METRICS)
    for name in METRICS:
        assert float(report[name]) == pytest.approx(float(whole[name]), rel=1e-12)
    evaluator.reset()
    evaluator.update(y_true=targets[:SIZE], y_score=logits[:SIZE])
    assert evaluator.report().input.scored == SIZE


def test_one_score_per_row() -> None:
    torch = pytest.importorskip("torch")
    model, inputs, targets = trained(torch)
    scores = torch.sigmoid(model(inputs)[:, 0])
    evaluator = evalcli.Evaluator(metrics=["roc_auc", "log_loss"])
    for rows in torch.arange(ROWS).split(SIZE):
        evaluator.update(y_true=targets[rows] == 0, y_score=scores[rows])
    exact = torch.nn.functional.binary_cross_entropy(scores.detach().double(), (targets == 0).double())
    assert evaluator.compute()["log_loss"] == pytest.approx(float(exact), rel=1e-6)


@pytest.mark.long
def test_two_processes_are_one(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if not (torch.distributed.is_available() and torch.distributed.is_gloo_available()):
        pytest.skip("this PyTorch has no gloo")
    command = [sys.executable, "-c", PROCESS]
    running = [
        subprocess.Popen(
            [*command, str(rank), str(tmp_path / "store"), json.dumps(METRICS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        printed = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    finally:
        for process in running:
            process.kill()
    assert printed[0] == printed[1]
    assert printed[0]["rows"] == ROWS
    together, whole = (np.array(scores) for scores in printed[0]["scores"])
    assert together.shape == (len(METRICS), 3)
    np.testing.assert_allclose(together, whole, rtol=1e-9)
