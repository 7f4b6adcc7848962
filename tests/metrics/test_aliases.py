from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import get_scorer_names

from evalcli.metrics import METRICS
from evalcli.metrics.aliases import ALIASES, ANSWERS, BY_TASK, NOT_HERE, fold
from evalcli.metrics.lookup import UnknownMetric, canonical
from evalcli.tasks import TASKS
from support.command_line import Cli, Save

NAMES = {name for task in TASKS.values() for name in METRICS.names_of(task)}


def test_every_alias_is_of_a_metric() -> None:
    assert set(ALIASES) <= NAMES
    for targets in BY_TASK.values():
        assert all(target in METRICS.names_of(task) for task, target in targets.items())
    for answer in (*ANSWERS.values(), *NOT_HERE.values()):
        assert answer.nearest in (*NAMES, "")


def test_no_name_means_two_things() -> None:
    """Whatever the case and the blanks: names, aliases, names of one task, and names with an answer."""
    meanings: dict[str, set[str]] = {}
    for name in NAMES:
        meanings.setdefault(fold(name), set()).add(name)
    for target, aliases in ALIASES.items():
        for alias in aliases:
            meanings.setdefault(fold(alias), set()).add(target)
    for alias in BY_TASK:
        meanings.setdefault(fold(alias), set()).add(f"by task: {alias}")
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}
    answered = [fold(name) for names in ANSWERS for name in names]
    assert len(answered) == len(set(answered))
    assert {name for name in answered if name in meanings} <= {fold(name) for name in BY_TASK}


def test_no_alias_only_repeats_a_name() -> None:
    for target, aliases in ALIASES.items():
        assert fold(target) not in map(fold, aliases)
        assert len(set(map(fold, aliases))) == len(aliases)


CLUSTERS = ("mutual_info", "rand_score", "v_measure", "homogeneity", "completeness", "fowlkes")


@pytest.mark.parametrize("name", get_scorer_names())
def test_every_scorer_of_scikit_learn_is_known(name: str) -> None:
    """By the same name, as the negative of a metric, or not at all where the metric is not available."""
    if any(word in name for word in CLUSTERS) or name in ("jaccard_samples", "f1_samples"):
        return
    try:
        found = canonical(name)
    except UnknownMetric as error:
        assert name.startswith("neg_")
        assert "is the negative of" in error.what
    else:
        stem = found.removesuffix("_macro").removesuffix("_micro").removesuffix("_weighted")
        assert stem.split("_ov")[0].split("_samples")[0] in NAMES


def test_scores_of_the_same_name_are_the_same(cli: Cli, saved: Save) -> None:
    """Each alias gives what its library's function of that name does, on data where other metrics differ."""
    from sklearn import metrics as sk

    rng = np.random.default_rng(7)
    truth = rng.integers(0, 2, 60)
    score = np.round(0.3 * truth + 0.6 * rng.random(60), 3)
    rows = "".join(f"{t},{s}\n" for t, s in zip(truth, score, strict=True))
    path = saved("p.csv", "label,prob\n" + rows)
    predicted = score > 0.5
    expected = {
        "accuracy_score": sk.accuracy_score(truth, predicted),
        "balanced_accuracy_score": sk.balanced_accuracy_score(truth, predicted),
        "matthews_corrcoef": sk.matthews_corrcoef(truth, predicted),
        "cohen_kappa_score": sk.cohen_kappa_score(truth, predicted),
        "precision_score": sk.precision_score(truth, predicted),
        "recall_score": sk.recall_score(truth, predicted),
        "f1_score": sk.f1_score(truth, predicted),
        "f2": sk.fbeta_score(truth, predicted, beta=2),
        "jaccard_score": sk.jaccard_score(truth, predicted),
        "roc_auc_score": sk.roc_auc_score(truth, score),
        "average_precision_score": sk.average_precision_score(truth, score),
        "brier_score_loss": sk.brier_score_loss(truth, score),
        "bce": sk.log_loss(truth, score),
        "macro_f1": sk.f1_score(truth, predicted, average="macro"),
        "tnr": sk.recall_score(truth, predicted, pos_label=0),
        "hit_rate": sk.recall_score(truth, predicted),
        "positive_likelihood_ratio": sk.class_likelihood_ratios(truth, predicted)[0],
        "mean_iou": sk.jaccard_score(truth, predicted, average="macro"),
        "youden": sk.balanced_accuracy_score(truth, predicted, adjusted=True),
    }
    for name, value in expected.items():
        assert float(cli("score", path, "--only", name).out) == pytest.approx(value, abs=1e-9), name
