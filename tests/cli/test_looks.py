from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.cli.looks import LOOKS
from evalcli.renderers.formats import FORMATS
from evalcli.renderers.tables import View
from support.command_line import Cli, Save, assert_refused

ROWS = "label,pred,site\n" + "a,a,n\nb,a,n\nc,c,s\na,b,s\n" * 10
GIVEN = {"digits": "2", "brief": None, "normalize": "true", "sort": "value"}


def typed(name: str) -> list[str]:
    value = GIVEN[name]
    return [f"--{name}", *([] if value is None else [value])]


def test_every_look_is_a_field_of_the_view_that_some_format_shows() -> None:
    assert set(LOOKS) == set(GIVEN)
    assert set(LOOKS) <= set(View.__struct_fields__)
    assert set(LOOKS) == {name for form in FORMATS.values() for name in form.looks}


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("form", ["json", "csv", "tsv", "junit", "github"])
def test_a_look_is_refused_where_no_output_has_it(name: str, form: str, cli: Cli, saved: Save) -> None:
    refused = cli("score", saved("p.csv", ROWS), "--by", "site", *typed(name), "-f", form)
    assert f"--{name} has no effect: {form} output does not depend on it" in refused.err
    assert f"try: without --{name}" in refused.err
    assert refused.code == 2


@pytest.mark.parametrize("name", GIVEN)
def test_a_look_is_taken_where_one_output_has_it(name: str, cli: Cli, saved: Save, tmp_path: Path) -> None:
    path = saved("p.csv", ROWS)
    common = ("score", path, "--by", "site", "-f", "json", "-o", tmp_path / "r.md")
    assert cli(*common).code == 0
    plain = (tmp_path / "r.md").read_text()
    result = cli(*common, *typed(name))
    assert result.code == 0
    assert result.json["metrics"]
    assert (tmp_path / "r.md").read_text() != plain or name == "brief"


def test_looks_of_bare_values(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", ROWS)
    assert cli("score", path, "--only", "accuracy", "--digits", "3").out == "0.500\n"
    for name in ("brief", "normalize", "sort"):
        refused = cli("score", path, "--only", "accuracy", *typed(name))
        assert_refused(refused, f"--{name} has no effect: --only prints bare values")
    assert cli("score", path, "--only", "accuracy", "--digits", "3", "-f", "json").code == 2


def test_a_look_in_a_file_of_options_is_no_mistake(
    cli: Cli, saved: Save, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evalcli.toml").write_text('digits = 2\nbrief = true\nnormalize = "all"\n')
    path = saved("p.csv", ROWS)
    assert cli("score", path, "-f", "json").code == 0
    out = cli("score", path).out
    assert " 0.50 " in out
    assert "per class" not in out


def test_what_shows_nothing_of_this_report(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", ROWS)
    reals = saved("r.csv", "y_true,y_pred\n" + "1.5,2.5\n0.25,0.5\n" * 10)
    assert_refused(cli("score", path, "--sort", "n"), "there are no slices; --by makes some")
    assert_refused(cli("score", path, "--brief", "--normalize", "all"), "--brief skips the confusion matrix")
    assert_refused(cli("score", reals, "--normalize", "all"), "no confusion matrix (the task is regression)")


def test_values_that_no_view_has(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", ROWS)
    result = cli("score", path, "--digits", "16", "--normalize", "truth", "--sort", "naem")
    message = assert_refused(
        result, "--digits 16 is not between 0 and 15", "--normalize 'truth' is not one of"
    )
    assert "try: --digits 15" in message
    assert "did you mean --normalize true?" in message
    assert "did you mean --sort name?" in message
    assert_refused(cli("score", path, "--digits", "-1"), "try: --digits 0")


def test_a_stored_report_has_the_same_looks(cli: Cli, saved: Save, tmp_path: Path) -> None:
    cli("score", saved("p.csv", ROWS), "--by", "site", "-o", tmp_path / "r.json", "-f", "json")
    out = cli("show", tmp_path / "r.json", "--sort", "value", "--digits", "1", "--normalize", "pred").out
    assert "2 slices by site, worst" in out
    assert "% of the predicted class" in out
    assert "accuracy              0.5" in out
