"""Options of other tools, and other words for options: one table of what they mean here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evalcli.findings import Hint, run, use
from evalcli.renderers.formats import FORMATS
from evalcli.tasks import AVERAGES, TASKS
from evalcli.text import Expression

VALUE, COMPLEMENT, RULE, FILES, COMMAND = "{value}", "{complement}", "{rule}", "{files}", "{command}"
"""Placeholders in hints: the value as typed, one minus it, a rule of it, the files, the command."""
Ways = tuple[Hint, ...]
"""Possible meanings; the first one that the command has is used."""

LABELS = use("for a column", label_col=VALUE) | use("for a file", labels=VALUE)
PREDICTED = use("for a column", pred_col=VALUE) | run("evalcli", COMMAND, VALUE)
SCORES = use("for columns", score_cols=VALUE) | run("evalcli", COMMAND, VALUE)
MORE = (run("evalcli", "inspect", FILES, words="to see how the files are read"), use(format="json"))
MEANINGS: dict[str, Ways] = {
    "md gfm": (use(format="markdown"),),
    "xml junit-xml": (use(format="junit"),),
    "text txt plain": (use(format="table"),),
    "pretty fmt output-format report-format": (use(format=VALUE),),
    "verbose v debug details": MORE,
    "silent s": (use(quiet=True),),
    "out output-file out-file save save-to write to": (use(output=VALUE),),
    "fail-below min min-score minimum at-least fail-if-below threshold-min": (
        use(fail_under=RULE),
        use(not_worse=RULE),
        use(rule=RULE),
        run("evalcli", "score", FILES),
    ),
    "fail-above max max-score maximum at-most fail-if-above": (
        use(fail_over=RULE),
        use(not_worse=RULE),
        use(rule=RULE),
        run("evalcli", "score", FILES),
    ),
    "tolerance max-regression max-loss allowed-drop fail-drop": (use(max_drop=RULE), use(not_worse=RULE)),
    "strict fail-on-warning fail-on-warnings werror": (use(strict=True), use(fail_on="any")),
    "baseline-report compare compare-to reference base": (use(baseline=VALUE),),
    "precision decimals round w": (use(digits=VALUE), use("for all digits", format="json")),
    "top-k k": (use(metrics="default,top_k_accuracy@" + VALUE),),
    "metric m measure": (use(metrics=VALUE), use(maximize=VALUE)),
    "optimize objective goal": (use(maximize=VALUE), run("evalcli", "threshold", FILES)),
    "target targets y-true y truth gt ground-truth gold label label-column target-col true-col": (LABELS,),
    "label-file labels-file truth-file targets-file reference-file": (use(labels=VALUE),),
    "y-pred pred preds prediction predicted pred-column prediction-col": (PREDICTED,),
    "proba y-prob prob probs y-score score score-col prob-col logits": (SCORES,),
    "file files input input-file i predictions pred-file preds-file predictions-file": (
        run("evalcli", COMMAND, VALUE),
    ),
    "pos-label pos positive-class positive-label": (use(positive=VALUE),),
    "sample-weight sample-weights weight weights": (use(weight_col=VALUE),),
    "index-col index key join-on match-on id ids id-column": (use(id_col=VALUE),),
    "sep separator field-separator d": (use(delimiter=VALUE),),
    "na-values na null nan missing-values": (use(null_values=VALUE),),
    "drop-na drop-missing skip-missing ignore-missing": (use(missing="drop"),),
    "ignore-index": (use(ignore_label=VALUE),),
    "class-names target-names label-names names": (use(classes=VALUE),),
    "problem-type mode problem": (use(task=VALUE),),
    "cutoff thresh decision-threshold": (use(threshold=VALUE),),
    "avg averaging": (use(average=VALUE),),
    "ci-level confidence-level conf level": (use(confidence=VALUE),),
    "alpha": (use(confidence=COMPLEMENT),),
    "no-ci no-interval no-confidence": (use(no_intervals=True),),
    "random-state random-seed": (use(seed=VALUE),),
    "clusters groups": (use(group=VALUE),),
    "group-by slice slices slice-by split-by stratify": (use(by=VALUE),),
    "n-jobs workers num-workers threads n": (use(jobs=VALUE),),
    "dry-run check validate": (run("evalcli", "inspect", FILES),),
    "title run-name model model-name": (use(name=VALUE),),
    "config-file settings": (use(config=VALUE),),
    "n-bins num-bins": (use(bins=VALUE),),
    "github-actions": (use(ci="github"),),
}
"""Words for each meaning; names of formats, tasks and averages are added from their tables."""
LIMITS = (
    (
        Expression(r"(?:min|at-least|fail-under|fail-below|threshold)-(.+)|(.+)-(?:min|threshold)"),
        "fail_under",
    ),
    (Expression(r"(?:max|at-most|fail-over|fail-above)-(.+)|(.+)-max"), "fail_over"),
)
"""Options that contain the name of a metric, e.g. --min-f1."""


def fold(word: str) -> str:
    """One spelling of an option.

    >>> fold("--Fail_under"), fold("-failUnder")
    ('failunder', 'failunder')
    """
    return word.lstrip("-").replace("-", "").replace("_", "").casefold()


def table() -> Mapping[str, Ways]:
    """The meanings of each word, in one spelling."""
    found: dict[str, Ways] = {fold(name): (use(format=name),) for name in FORMATS}
    found |= {fold(name): (use(task=name),) for name in TASKS}
    found |= {fold(name): (use(average=name),) for name in AVERAGES}
    return found | {fold(word): ways for words, ways in MEANINGS.items() for word in words.split()}


def of_metric(word: str, metrics: Iterable[str]) -> Hint | None:
    """What an option that is named after a metric means: a rule on it, or that it is computed."""
    known = set(metrics)
    name = word.lstrip("-").replace("_", "-").casefold()
    for pattern, option in LIMITS:
        found = pattern.fullmatch(name)
        metric = (found[1] or found[2]).replace("-", "_") if found else ""
        if metric in known:
            return use(**{option: f"{metric}={VALUE}"})
    metric = name.replace("-", "_")
    return use(metrics=metric) if metric in known else None
