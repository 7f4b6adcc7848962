"""States of parts, merged, give the report of one run over all rows."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest

from support.command_line import Cli, Process, assert_refused
from support.parts import CLASSES, KINDS, N, assert_same_figures, compared, parts_of, rows, shards
from support.parts import LOOKS as ALL_LOOKS

LOOKS = {
    **ALL_LOOKS,
    "no intervals": ("--no-intervals",),
    "own": ("--define", "mine = 1 - {metric}"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_merged_is_whole(kind: str, look: str, cli: Cli, tmp_path: Path) -> None:
    table = rows(kind)
    metric = "mae" if kind == "regression" else "accuracy" if "label" not in kind else "f1_macro"
    options = (*KINDS[kind], *(text.format(metric=metric) for text in LOOKS[look]))
    if look != "weights":
        options = (*options, "--unweighted") if "importance" not in table else options
    table.to_parquet(tmp_path / "whole.parquet")
    whole = cli("score", tmp_path / "whole.parquet", *options, "--format", "json")
    assert whole.code == 0, whole.err
    states = shards(cli, tmp_path, table, options)
    if kind == "multilabel gaps" and look in ("weights", "groups"):  # one part has no gaps
        assert_refused(cli("merge", *states), "missing labels: in one of them only")
        return
    merged = cli("merge", *states, "--format", "json")
    assert merged.code == 0, merged.err
    assert_same_figures(compared(merged.json), compared(whole.json))
    halves = (tmp_path / "one.state", tmp_path / "two.state")
    assert cli("merge", *states[:2], "-o", halves[0]).code == 0
    assert cli("merge", *states[2:], "--state", halves[1], "--quiet").code == 0
    again = cli("merge", *halves, "--format", "json")
    assert again.code == 0, again.err
    assert_same_figures(compared(again.json), compared(whole.json))


def test_other_figures_of_the_same_states(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    some = cli("merge", *states, "-m", "recall_micro,jaccard:oak", "--no-intervals", "--format", "json").json
    assert list(some["metrics"]) == ["recall_micro", "jaccard:oak"]
    assert some["metrics"]["recall_micro"].get("interval") is None
    wide = cli("merge", *states, "-m", "accuracy", "--confidence", "0.5", "--format", "json").json
    assert wide["input"]["options"]["confidence"] == 0.5
    assert_refused(
        cli("merge", *states, "-m", "roc_auc_ovo_macro"),
        "the states do not hold what roc_auc_ovo_macro needs",
    )
    bare = parts_of(cli, tmp_path, "multiclass", "--no-intervals")
    assert_refused(cli("merge", *bare, "--confidence", "0.9"), "scored without intervals")


def test_notes_say_which_part_they_are_of(cli: Cli, tmp_path: Path) -> None:
    table = rows("binary")
    table.insert(1, "weight", 1.0)
    states = shards(cli, tmp_path, table, ("--unweighted", "--task", "binary"))
    odd = tmp_path / "odd.csv"
    odd.write_text(table.iloc[:150].to_csv(index=False) + ",,,,,\n")
    result = cli("score", odd, "--unweighted", "--task", "binary", "--state", tmp_path / "odd.state")
    assert result.code == 0, result.err
    merged = cli("merge", tmp_path / "odd.state", *states[1:])
    assert merged.code == 0
    assert "odd.csv" in next(line for line in merged.err.splitlines() if "empty-rows" in line)


def test_parts_by_id_draw_as_the_whole_would(cli: Cli, tmp_path: Path) -> None:
    table = rows("multiclass").assign(id=[f"row {j}" for j in range(N)])
    labels, scores = ["id", "label"], ["id", *(f"prob_{name}" for name in CLASSES)]
    table[labels].to_csv(tmp_path / "y.csv", index=False)
    table[scores].to_parquet(tmp_path / "p.parquet")
    given = ("--labels", tmp_path / "y.csv", "-m", "all", "--format", "json")
    whole = cli("score", tmp_path / "p.parquet", *given).json
    states = []
    for number, some in enumerate((slice(300, N), slice(0, 300))):
        path = tmp_path / f"p{number}.parquet"
        table.iloc[some][scores].to_parquet(path)
        state = path.with_suffix(".state")
        assert cli("score", path, *given, "--on-missing", "drop", "--state", state).code == 0
        states.append(state)
    merged = cli("merge", *states, "--format", "json").json
    assert_same_figures(merged["metrics"], whole["metrics"])
    assert merged["input"]["labels_fingerprint"] == whole["input"]["labels_fingerprint"]
    assert merged["input"]["rows"] == whole["input"]["rows"]
    assert {note["code"] for note in merged["notes"]} == {note["code"] for note in whole["notes"]}


def test_parts_of_one_name_draw_rows_of_their_own(cli: Cli, tmp_path: Path) -> None:
    """The row of a number in one part is not that of the same number in another: intervals are as wide."""
    table = rows("multilabel")
    table.to_parquet(tmp_path / "whole.parquet")
    whole = cli("score", tmp_path / "whole.parquet", *KINDS["multilabel"], "--format", "json").json["metrics"]
    states = []
    for number in range(4):
        (tmp_path / str(number)).mkdir()
        path = tmp_path / str(number) / "p.parquet"
        table.iloc[number * 150 : (number + 1) * 150].to_parquet(path)
        states.append(path.with_suffix(".state"))
        with chdir(path.parent):
            assert cli("score", "p.parquet", *KINDS["multilabel"], "--state", "p.state").code == 0
    merged = cli("merge", *states, "--format", "json").json["metrics"]
    drawn = [name for name, score in whole.items() if score.get("interval_method") == "row-bootstrap"]
    assert len(drawn) >= 3
    for name in drawn:
        (low, high), (least, most) = whole[name]["interval"], merged[name]["interval"]
        assert (most - least) == pytest.approx(high - low, rel=0.25), name


PLUGIN = """
import numpy as np
from evalcli.custom import REGRESSION, row_metric

@row_metric("lower", tasks=(REGRESSION,), range=(0, np.inf))
def thirds(y_true, y_pred):
    \"\"\"Mean absolute error, in thirds.\"\"\"
    return np.abs(y_true - y_pred) / 3
"""


@pytest.mark.long
def test_metrics_of_ones_own_merge_in_other_processes(process: Process, tmp_path: Path) -> None:
    """A function of the rows is known by its metric, whatever it is called in a process."""
    (tmp_path / "plugin.py").write_text(PLUGIN)
    (tmp_path / "costs.csv").write_text(",ash,fir,oak\nash,0,1,2\nfir,3,0,1\noak,5,1,0\n")
    given = {
        "regression": ("--plugin", tmp_path / "plugin.py", "-m", "default,thirds"),
        "multiclass": ("--cost-matrix", tmp_path / "costs.csv"),
    }
    for kind, options in given.items():
        table, paths = rows(kind), []
        for number, ends in enumerate(((0, 200), (200, N))):
            path = tmp_path / f"{kind}-{number}.parquet"
            table.iloc[slice(*ends)].reset_index(drop=True).to_parquet(path)
            first = ("--state", path.with_suffix(".state"), "--first-row", str(ends[0]))
            assert process("score", path, *options, *first).code == 0
            paths.append(path)
        whole = process("score", *paths, *options, "-f", "json")
        plugin = options[:2] if kind == "regression" else ()
        merged = process("merge", *(path.with_suffix(".state") for path in paths), *plugin, "-f", "json")
        assert merged.code == 0, merged.err
        assert_same_figures(merged.json["metrics"], whole.json["metrics"])
        spread = process("score", *paths, *options, "--cluster", "local:2", "-f", "json")
        assert spread.code == 0, spread.err
        assert_same_figures(spread.json["metrics"], whole.json["metrics"])


def test_what_is_absent_from_some_parts_only_is_not_told(cli: Cli, tmp_path: Path) -> None:
    table = rows("multiclass")
    table.loc[:20, "label"] = "UNK"
    states = shards(cli, tmp_path, table, ("--ignore-label", "UNK", "--classes", "ash,fir,oak"))
    merged = cli("merge", *states, "--format", "json").json
    assert "ignored-label-absent" not in {note["code"] for note in merged["notes"]}
    some = cli("merge", *states[2:], "--format", "json").json
    assert "ignored-label-absent" in {note["code"] for note in some["notes"]}


def test_parts_that_were_judged(cli: Cli, tmp_path: Path) -> None:
    """Rules of a part do not judge the sum, whose metrics are those of all."""
    table = rows("binary float32")
    (tmp_path / "base.json").write_text("")
    table.to_parquet(tmp_path / "whole.parquet")
    assert cli("score", tmp_path / "whole.parquet", "--unweighted", "-o", tmp_path / "base.json").code == 0
    rules = ("--fail-under", "f1=0.01", "--fail-over", "log_loss=9", "--max-drop", "mcc=90%")
    given = ("--unweighted", *rules, "--baseline", tmp_path / "base.json", "--allow", "labels-changed")
    states = []
    for number, some in enumerate((table[:300], table[300:])):
        some.to_parquet(tmp_path / f"p{number}.parquet")
        states.append(tmp_path / f"p{number}.state")
        result = cli("score", tmp_path / f"p{number}.parquet", *given, "--state", states[-1])
        assert result.code in (0, 1, 3), result.err
    merged = cli("merge", *states, "--fail-under", "f1=0.999", "-f", "json")
    assert merged.code == 1
    assert [rule["metric"] for rule in merged.json["gate"]["rules"]] == ["f1"]
    assert "mcc" in merged.json["metrics"]


def test_a_baseline_of_one_run_is_not_said_to_have_other_labels(cli: Cli, tmp_path: Path) -> None:
    """Labels of parts have a fingerprint of their own; merged reports are compared with each other."""
    table = rows("binary float32")
    table.to_parquet(tmp_path / "whole.parquet")
    assert cli("score", tmp_path / "whole.parquet", "--unweighted", "-o", tmp_path / "one.json").code == 0
    states = shards(cli, tmp_path, table, ("--unweighted",))
    assert cli("merge", *states, "-o", tmp_path / "merged.json").code == 0
    rule = ("--max-drop", "f1=0.1")
    undecided = cli("merge", *states, *rule, "--baseline", tmp_path / "one.json")
    assert undecided.code == 3
    assert "only one of them is of merged parts" in undecided.err
    allowed = (*rule, "--baseline", tmp_path / "one.json", "--allow", "labels-changed")
    assert cli("merge", *states, *allowed).code == 0
    assert cli("merge", *states, *rule, "--baseline", tmp_path / "merged.json").code == 0
