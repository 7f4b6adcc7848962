"""How often intervals hold the true value: simulated data sets whose truth is known.

Run as a program it measures everything anew and writes ``docs/coverage.json``, which the documentation shows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from evalcli.blocks import Block, ClassBlock, LabelSetBlock, RealBlock
from evalcli.engine.plan import Wanted, plan
from evalcli.engine.run import rows_sampled
from evalcli.intervals.estimate import interval_of, study_of
from evalcli.intervals.methods import choose
from evalcli.metrics import Context, Summary, compute, select
from evalcli.metrics.sources import NoInterval
from evalcli.report.score import Interval
from evalcli.statistics import RowSample, hash_rows
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import TASKS
from support.effort import sample

Rng = np.random.Generator
SIZES = (50, 200, 2000)
TABLE = Path(__file__).parents[2] / "docs" / "coverage.json"
TRUTH_ROWS = 1_000_000
IN_GROUP = 5


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


@dataclass(frozen=True)
class Scenario:
    """Data of some kind: ``draw`` makes rows; ``metrics`` are looked at."""

    task: str
    draw: Callable[[Rng, int], Block]
    metrics: tuple[str, ...]
    grouped: bool = False
    weighted: bool = False

    @property
    def context(self) -> Context:
        names = {"binary": ("n", "p"), "multiclass": tuple("abcde"), "multilabel": tuple("abcd")}
        return Context(
            TASKS[self.task],
            names.get(self.task, ()),
            1 if self.task == "binary" else None,
            weighted=self.weighted,
            groups=10**6 if self.grouped else None,
        )


def binary(rng: Rng, n: int, prevalence: float, effect: float = 0.0) -> ClassBlock:
    """Scores around the class, a little too sure; rows of a group share an effect."""
    even = np.log(prevalence / (1 - prevalence))
    shared = np.repeat(rng.normal(size=-(-n // IN_GROUP)) * effect, IN_GROUP)[:n]
    truth = (rng.random(n) < sigmoid(even + shared)).astype(np.intp)
    scores = even + 1.6 * (2 * truth - 1) + 1.6 * rng.normal(size=n) + shared
    return ClassBlock(truth, sigmoid(scores)[None, :], None, 2, positive=1)


def balanced(rng: Rng, n: int) -> Block:
    return binary(rng, n, 0.5)


def rare(rng: Rng, n: int) -> Block:
    return binary(rng, n, 0.05)


def weighted(rng: Rng, n: int) -> Block:
    return replace(binary(rng, n, 0.5), weight=rng.gamma(2.0, size=n))


def grouped(rng: Rng, n: int) -> Block:
    block = binary(rng, n, 0.5, effect=1.0)
    groups = hash_rows(np.repeat(np.arange(-(-n // IN_GROUP)), IN_GROUP)[:n], 1)
    return replace(block, row_hashes=np.stack([groups, hash_rows(np.arange(n), 2)]))


def several(rng: Rng, n: int) -> Block:
    shares = np.array([0.35, 0.25, 0.2, 0.12, 0.08])
    truth = rng.choice(5, n, p=shares)
    scores = np.log(shares)[:, None] + rng.normal(size=(5, n)) * 1.2
    scores[truth, np.arange(n)] += 2.0
    e = np.exp(scores - scores.max(axis=0))
    return ClassBlock(truth.astype(np.intp), e / e.sum(axis=0), None, 5)


def label_sets(rng: Rng, n: int) -> Block:
    shared = rng.normal(size=n)
    chance = sigmoid(np.array([0.5, 0.0, -0.7, -1.4])[:, None] + shared)
    truth = rng.random((4, n)) < chance
    scores = sigmoid(2.0 * truth - 1.2 + rng.normal(size=(4, n)) + shared / 2)
    return LabelSetBlock(truth, scores)


def reals(rng: Rng, n: int) -> Block:
    truth = rng.gamma(3.0, 2.0, size=n)
    return RealBlock(truth, truth + rng.standard_t(5, size=n) * (0.5 + truth / 8), np.empty((0, n)))


CLASSES = (
    *("accuracy", "balanced_accuracy", "f1", "mcc", "roc_auc", "average_precision"),
    *("log_loss", "brier", "ece", "ks"),
)
SCENARIOS = {
    "binary, half positive": Scenario("binary", balanced, CLASSES),
    "binary, 5 % positive": Scenario("binary", rare, CLASSES),
    "five classes, 35 to 8 %": Scenario(
        "multiclass",
        several,
        (
            *("accuracy", "balanced_accuracy", "f1_macro", "mcc", "top_k_accuracy@2", "roc_auc_ovr_macro"),
            *("roc_auc_ovr_weighted", "average_precision_macro", "log_loss", "ece"),
        ),
    ),
    "four labels": Scenario(
        "multilabel",
        label_sets,
        (
            *("subset_accuracy", "hamming_loss", "f1_micro", "f1_macro", "f1_samples", "roc_auc_macro"),
            *("roc_auc_micro", "average_precision_macro", "log_loss"),
        ),
    ),
    "real values": Scenario(
        "regression",
        reals,
        ("mae", "rmse", "bias", "median_absolute_error", "r2", "pearson", "spearman"),
    ),
    "binary, weighted": Scenario("binary", weighted, CLASSES, weighted=True),
    "binary, groups of five": Scenario(
        "binary", grouped, tuple(name for name in CLASSES if name != "ece"), grouped=True
    ),
}
SLOW = ("real values", "binary, weighted", "binary, groups of five", "four labels")
"""Scenarios whose rows are drawn again and again."""


def measured(scenario: Scenario, block: Block, seed: int = 0) -> Iterator[tuple[str, str, float | None, Any]]:
    """Name, method, value and interval of every metric, as a run computes them."""
    width = max(len(scenario.context.classes), 1)
    sampled = RowSample(rows_sampled(width))
    context = replace(scenario.context, seed=seed)
    if block.row_hashes is None:
        block = replace(block, row_hashes=np.stack([hash_rows(np.arange(block.n), seed)] * 2))
    found = plan(context, Wanted(tuple(scenario.metrics), per_class=False), sampled)
    states = finished_states(reduce(block, found.statistics))
    summary = Summary(found.context, states)
    study = study_of(summary, found.requests, 0.95, sampled)
    for request in found.requests:
        outcome, method = compute(request, summary), choose(request, found.context)
        name = "none" if isinstance(method, NoInterval) else method.name
        yield request.key, name, outcome.value, interval_of(study, request, outcome)


@cache
def truth(name: str) -> dict[str, float]:
    """The values of very many rows."""
    scenario = SCENARIOS[name]
    context = replace(scenario.context, groups=None, weighted=False)
    block = replace(scenario.draw(np.random.default_rng(99), TRUTH_ROWS), weight=None)
    requests = select(scenario.metrics, context)
    found = plan(context, Wanted(tuple(scenario.metrics), per_class=False))
    states = finished_states(reduce(block, found.statistics))
    summary = Summary(found.context, states)
    return {request.key: compute(request, summary).value or 0.0 for request in requests}


def simulate(name: str, n: int, sims: int, start: int = 0) -> dict[str, tuple[str, int, int]]:
    """For each metric its method, how many intervals held the truth, and how many there were."""
    scenario, right = SCENARIOS[name], truth(name)
    held: dict[str, tuple[str, int, int]] = {}
    with np.errstate(all="ignore"):
        for number in range(start, start + sims):
            block = scenario.draw(np.random.default_rng([n, number]), n)
            for metric, method, _, interval in measured(scenario, block, number):
                _, hits, given = held.get(metric, ("", 0, 0))
                if isinstance(interval, Interval):
                    hits, given = hits + int(interval.low <= right[metric] <= interval.high), given + 1
                held[metric] = (method, hits, given)
    return held


def _part(job: tuple[str, int, int, int]) -> tuple[str, int, dict[str, tuple[str, int, int]]]:
    name, n, sims, start = job
    return name, n, simulate(name, n, sims, start)


def main(sims: int) -> None:
    """Measure everything, on all cores, and write the table."""
    step = 50
    jobs = [(name, n, step, start) for name in SCENARIOS for n in SIZES for start in range(0, sims, step)]
    total: dict[str, dict[str, dict[str, Any]]] = {}
    with ProcessPoolExecutor() as pool:
        for name, n, held in pool.map(_part, jobs):
            for metric, (method, hits, given) in held.items():
                row = total.setdefault(name, {}).setdefault(metric, {"method": method})
                before = row.get(str(n), [0, 0, 0])
                row[str(n)] = [before[0] + hits, before[1] + given, before[2] + step]
            sys.stderr.write(f"{name} {n}\n")
    TABLE.write_text(json.dumps(total, indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)


SIMS = sample(80, 160)


def _simulated(job: tuple[str, int]) -> tuple[str, int, dict[str, tuple[str, int, int]]]:
    name, n = job
    return name, n, simulate(name, n, SIMS // 4 if name in SLOW else SIMS, start=10_000)
