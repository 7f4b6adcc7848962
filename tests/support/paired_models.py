"""How often intervals of a change hold the true change, and tests of equal models reject: simulated pairs.

Run as a program it measures everything anew and writes ``docs/paired.json``, which the documentation shows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from evalcli.blocks import ClassBlock
from evalcli.engine.differences import difference
from evalcli.engine.measured import Measured
from evalcli.engine.plan import Wanted, plan
from evalcli.intervals.paired import FEW, Paired, PairedTables
from evalcli.metrics import Context, Summary, compute
from evalcli.statistics import RowSample, hash_rows
from evalcli.statistics.base import finished_states, reduce
from evalcli.statistics.joint_table import JointTable
from evalcli.tasks import BINARY, MULTICLASS
from support.effort import sample

SIZES = (50, 200, 2000)
TABLE = Path(__file__).parents[2] / "docs" / "paired.json"
TRUTH_ROWS, IN_GROUP = 400_000, 4
METRICS = ("accuracy", "f1", "mcc", "log_loss", "roc_auc")


@dataclass(frozen=True)
class Scenario:
    """Two models of ``k`` classes. ``own``: size of each one's noise; ``gain``: of the second."""

    k: int
    own: float
    gain: float = 0.0
    kind: str = "rows"

    @property
    def context(self) -> Context:
        return Context(
            BINARY if self.k == 2 else MULTICLASS,
            tuple("abcde"[: self.k]),
            1 if self.k == 2 else None,
            average=None if self.k == 2 else "macro",
            weighted=self.kind == "weights",
            groups=10**6 if self.kind == "groups" else None,
        )

    def draw(self, rng: np.random.Generator, n: int) -> list[ClassBlock]:
        """Both models on the same rows."""
        groups = np.arange(n) // IN_GROUP
        shared = rng.normal(size=(self.k, -(-n // IN_GROUP)))[:, groups] if self.kind == "groups" else 0.0
        truth = rng.choice(self.k, n, p=np.arange(self.k + 1, 1, -1) / np.arange(2, self.k + 2).sum())
        base = rng.normal(size=(self.k, n)) + shared
        base[truth, np.arange(n)] += 1.8
        weight = rng.gamma(2.0, size=n) if self.kind == "weights" else None
        hashes = np.stack([hash_rows(groups if self.kind == "groups" else np.arange(n), 1)] * 2)
        return [
            self._block(base, rng.normal(size=(self.k, n)), gain, truth, weight, hashes)
            for gain in (0.0, self.gain)
        ]

    def _block(self, base: Any, noise: Any, gain: float, truth: Any, weight: Any, hashes: Any) -> ClassBlock:
        scores = base + self.own * noise
        scores[truth, np.arange(len(truth))] += gain
        e = np.exp(scores - scores.max(axis=0))
        p = e / e.sum(axis=0)
        if self.k == 2:
            block = ClassBlock(truth.astype(np.intp), p[1:], None, 2, positive=1, weight=weight)
        else:
            block = ClassBlock(truth.astype(np.intp), p, None, self.k, weight=weight)
        return replace(block, row_hashes=hashes)


AGREEMENTS = {2: {60: 2.5, 80: 0.92, 95: 0.26, 99: 0.05}, 5: {60: 0.83, 80: 0.38, 95: 0.095, 99: 0.019}}
"""The part of their own with which two models agree on about this percentage of the rows."""
SCENARIOS = {
    f"{k} classes, {share} % agree, {name}": Scenario(k, own, gain)
    for k, shares in AGREEMENTS.items()
    for share, own in shares.items()
    for name, gain in (("no change", 0.0), ("a large change", 0.5))
} | {
    "2 classes, 95 % agree, a small change": Scenario(2, AGREEMENTS[2][95], 0.1),
    "5 classes, 80 % agree, a small change": Scenario(5, AGREEMENTS[5][80], 0.1),
    "2 classes, groups of 4, no change": Scenario(2, AGREEMENTS[2][80], 0.0, "groups"),
    "5 classes, groups of 4, a large change": Scenario(5, AGREEMENTS[5][80], 0.5, "groups"),
    "2 classes, weights, no change": Scenario(2, AGREEMENTS[2][80], 0.0, "weights"),
    "5 classes, weights, a large change": Scenario(5, AGREEMENTS[5][80], 0.5, "weights"),
}


def _planned(scenario: Scenario) -> Any:
    sampled = RowSample(1 << 16)
    return plan(scenario.context, Wanted(METRICS, per_class=False, paired=True), sampled)


@cache
def truths(name: str) -> dict[str, float]:
    """The true change of each metric, from very many rows."""
    scenario = SCENARIOS[name]
    if not scenario.gain:
        return {request.key: 0.0 for request in _planned(scenario).requests}
    planned = _planned(scenario)
    values = []
    for block in scenario.draw(np.random.default_rng(10**6), TRUTH_ROWS):
        states = [s for s in planned.statistics if not isinstance(s, RowSample)]
        summary = Summary(planned.context, finished_states(reduce(block, states)))
        values.append([compute(request, summary).value or 0.0 for request in planned.requests])
    return {request.key: new - old for request, old, new in zip(planned.requests, *values, strict=True)}


def changes(name: str, n: int, seed: int) -> Iterator[tuple[str, Paired]]:
    """The changes of one pair of models."""
    scenario = SCENARIOS[name]
    planned = _planned(scenario)
    blocks = scenario.draw(np.random.default_rng([n, seed]), n)
    sides = []
    for block in blocks:
        summary = Summary(planned.context, finished_states(reduce(block, planned.statistics)))
        sides.append(Measured.of(planned.requests, summary, planned.sampled, 0.95))
    table = JointTable.of(blocks[0].truth, *(block.predicted for block in blocks), scenario.k)
    tables = PairedTables(table, planned.context, seed)
    for request in planned.requests:
        if all(side.values[request.key].value is not None for side in sides):
            yield request.key, difference(request, sides[0], sides[1], tables, 0.95)


def simulated(job: tuple[str, int, int]) -> dict[str, list[int]]:
    """By metric: intervals that hold the true change, that are above it, tests that reject; and how many.

    ``job``: scenario, rows, and how many pairs of models.
    """
    name, n, sets = job
    true, found = truths(name), {}
    for seed in range(sets):
        for key, change in changes(name, n, seed):
            if change.interval is None or change.p is None:
                continue
            row = found.setdefault(key, [0, 0, 0, 0])
            low, high = change.interval
            row[0] += low - 1e-12 <= true[key] <= high + 1e-12
            row[1] += low > true[key]
            row[2] += change.p <= 0.05
            row[3] += 1
    return found


def agreement(name: str) -> float:
    """Share of the rows with the same prediction."""
    first, second = SCENARIOS[name].draw(np.random.default_rng(0), 20_000)
    return float((first.predicted == second.predicted).mean())


def main(sets: int) -> None:
    jobs = [(name, n, sets if n > FEW else sets // 10) for name in SCENARIOS for n in SIZES]
    stored: dict[str, Any] = {}
    with ProcessPoolExecutor(2) as pool:
        for (name, n, _), found in zip(jobs, pool.map(simulated, jobs), strict=True):
            part = stored.setdefault(name, {"agreement": round(agreement(name), 3), "metrics": {}})
            for key, row in found.items():
                part["metrics"].setdefault(key, {})[str(n)] = row
            sys.stderr.write(f"{name}, {n} rows: {found}\n")
    TABLE.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else sample(20, 1000))
