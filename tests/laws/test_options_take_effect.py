"""Every option of score, on every layout of input, shows an effect or is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.cli.group import group_of
from support.command_line import Cli, Result
from support.effort import SLOW
from support.layouts import LAYOUTS, PLACES, written

GIVEN: dict[str, tuple[tuple[str, ...], ...]] = {
    "labels": (),  # a layout
    "label_col": (("--label-col", "grade"), ("--label-col", "region")),
    "label_cols": (("--label-cols", "ash_truth,fir_truth"),),
    "score_cols": (("--score-cols", "other"), ("--score-cols", "importance")),
    "pred_col": (("--pred-col", "vote"),),
    "id_col": (("--id-col", "user"),),
    "weight_col": (("--weight-col", "importance"),),
    "classes": (("--classes", "2,1,0"), ("--classes", "oak,fir,ash"), ("--classes", "x,y,z")),
    "scores": (("--scores", "raw"), ("--scores", "logits")),
    "ignore_label": (("--ignore-label", "0"), ("--ignore-label", "ash"), ("--ignore-label", "none-has-it")),
    "label_sep": (("--label-sep", "|"),),
    "header": (("--no-header",),),
    "delimiter": (("--delimiter", ";"),),
    "decimal": (("--decimal", ","),),
    "encoding": (("--encoding", "utf-16"),),
    "input_format": (("--input-format", "jsonl"),),
    "task": (("--task", "regression"), ("--task", "multilabel")),
    "positive": (("--positive", "0"), ("--positive", "no")),
    "threshold": (("--threshold", "0.8"), ("--threshold", "80")),
    "average": (("--average", "weighted"), ("--average", "samples")),
    "exclude_class": (("--exclude-class", "ash"), ("--exclude-class", "0")),
    "bins": (("--bins", "7"),),
    "compat": (("--compat", "sklearn"), ("--compat", "torchmetrics")),
    "define": (("--define", "mine = fn + fp"), ("--define", "mine = mae + 1")),
    "cost_matrix": (("--cost-matrix", "{folder}/none.csv"),),
    "plugin": (("--plugin", "{folder}/none.py"),),
    "metrics": (("--metrics", "accuracy"), ("--metrics", "mae")),
    "explain_batches": (("--explain-batches", "10"),),
    "confidence": (("--confidence", "0.5"),),
    "no_intervals": (("--no-intervals",),),
    "group": (("--group", "user"),),
    "by": (("--by", "site"), ("--by", "region"), ("--by", "file")),
    "min_n": (("--min-n", "5"),),
    "format": (("--format", "csv"),),
    "output": (("--output", "{folder}/out.md"),),
    "only": (("--only", "accuracy"), ("--only", "mae")),
    "with_names": (("--with-names",),),
    "name": (("--name", "resnet50"),),
    "digits": (("--digits", "2"),),
    "normalize": (("--normalize", "true"),),
    "sort": (("--sort", "value"),),
    "per_row": (("--per-row", "{folder}/rows.csv"),),
    "errors": (("--errors", "{folder}/errors.csv"),),
    "log_step": (("--log-step", "3"),),
    "state": (("--state", "{folder}/part.state"),),
    "first_row": (("--first-row", "3"),),
    "ranking": (("--ranking", "certified"),),
    "retries": (("--retries", "3"),),
    "fail_under": (("--fail-under", "accuracy=0.1"), ("--fail-under", "r2=0.1")),
    "fail_over": (("--fail-over", "accuracy=0.1"), ("--fail-over", "mae=0.1")),
    "fail_on": (("--fail-on", "any"),),
    "on": (("--on", "lower"),),
    "baseline": (("--baseline", "{folder}/none.json"),),
    "max_drop": (("--max-drop", "accuracy=0.1"),),
    "allow": (("--allow", "rows-changed"),),
    "baseline_missing": (("--baseline-missing", "pass"),),
}
POLICIES = {
    "by_order": ("--by-order",),
    "fold_names": ("--fold-names",),
    "fold_ids": ("--fold-ids",),
    "zero_division": ("--zero-division", "1"),
    "ci": ("--ci", "github"),
    "on_missing": ("--on-missing", "drop"),
    "on_extra": ("--on-extra", "drop"),
    "missing": ("--missing", "drop"),
    "null_values": ("--null-values", "?"),
    "unweighted": ("--unweighted",),
    "max_bytes": ("--max-bytes", "10G"),
    "seed": ("--seed", "7"),
    "quiet": ("--quiet",),
    "brief": ("--brief",),
}
"""What becomes of something that a file may or may not have: shown by files that have it."""
NO_NUMBERS = {"predictions", "jobs", "memory", "config", "curves", "charts", "plots", "log", "cluster"}
CASES = [(layout, place) for layout in LAYOUTS for place in PLACES]
OF_RESULTS = list(GIVEN)[list(GIVEN).index("format") :]
"""Options of how results look and are judged, which do not ask where the labels were."""


def tried(layout: str, place: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Every option of reading; those of results at one place of each layout, another one for the next."""
    if SLOW or list(LAYOUTS).index(layout) % len(PLACES) == PLACES.index(place):
        return GIVEN
    return {name: choices for name, choices in GIVEN.items() if name not in OF_RESULTS}


def seen(result: Result, folder: Path) -> tuple[object, ...]:
    """All that a command leaves: standard output, standard error, files."""
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.stem not in ("p", "y")}
    for path in folder.iterdir():
        if path.stem not in ("p", "y"):
            path.unlink()
    return result.code, result.out, result.err, files


def _says_what_is(choice: tuple[str, ...], layout: str) -> bool:
    """Whether an option states what is detected anyway: the task, or an unused decimal separator."""
    decimals = "lists" in layout and choice[0] in ("--decimal", "--delimiter")
    return decimals or (choice[0] == "--task" and choice[1] in layout)


def test_every_option_is_tried() -> None:
    command = group_of(["score"]).commands["score"]
    assert {parameter.name for parameter in command.params} == set(GIVEN) | set(POLICIES) | NO_NUMBERS


@pytest.mark.thorough
@pytest.mark.unmeasured
@pytest.mark.parametrize(("layout", "place"), CASES, ids=[" ".join(case) for case in CASES])
def test_an_option_has_an_effect_or_is_refused(layout: str, place: str, cli: Cli, tmp_path: Path) -> None:
    files = written(layout, place, tmp_path)
    plain = cli("score", *files)
    assert plain.code == 0, plain
    before = seen(plain, tmp_path)
    silent = []
    for name, choices in tried(layout, place).items():
        for choice in choices:
            arguments = [text.format(folder=tmp_path) for text in choice]
            result = cli("score", *files, *arguments)
            assert result.code != 70, (arguments, result)
            if result.code == 2:
                assert result.err.startswith("error: "), (arguments, result)
            elif seen(result, tmp_path) == before and not _says_what_is(choice, layout):
                silent.append((name, choice))
    assert silent == []


def test_policies_have_an_effect_where_something_is_lacking(cli: Cli, saved: object, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,prob\na,0.9\nb,0.2\nd,0.3\ne,\n")
    (tmp_path / "y.csv").write_text("id,label,sample_weight\na,1,2\nb,?,1\nc,1,1\ne,0,1\n")
    files = (str(tmp_path / "p.csv"), "--labels", str(tmp_path / "y.csv"))
    lacking = ("on_missing", "on_extra", "missing", "null_values")
    every = [text for name in lacking for text in POLICIES[name]]
    for name in lacking:
        less = [text for other in lacking if other != name for text in POLICIES[other]]
        assert cli("score", *files, *less, "--classes", "0,1").code == 2, name
    full = ("score", *files, *every, "--classes", "0,1", "--no-intervals")
    plain = cli(*full, "-f", "json").json["input"]["roles"]["weight"]
    assert (plain, cli(*full, "--unweighted", "-f", "json").json["input"]["roles"]["weight"]) == (
        "sample_weight",
        None,
    )
    assert cli(*full).err != cli(*full, "--quiet").err
    assert cli(*full).out != cli(*full, "--brief").out


def test_seeds_and_bounds(cli: Cli, tmp_path: Path) -> None:
    files = written("binary scores", "inside", tmp_path)
    reports = [cli("score", *files, "--seed", seed, "-f", "json").json for seed in (0, 7)]
    assert reports[0]["metrics"] != reports[1]["metrics"]
    assert cli("score", *files, "--max-bytes", "none").code == 2
