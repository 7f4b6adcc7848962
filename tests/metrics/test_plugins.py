from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalcli.metrics import METRICS, plugins
from support.command_line import Cli, Process, Save, assert_refused

GOOD = '''
from evalcli.custom import BINARY, CLASSES, Proportion, Undefined, class_metric

@class_metric(Proportion, "lower", undefined=Undefined("no row is predicted as {name}"))
def false_discoveries(counts):
    """Share of the rows predicted as the class that belong to another one."""
    return Proportion(counts.fp, counts.fp + counts.tp)
'''
WRONG = {
    "an error": ("1 / 0", "ZeroDivisionError: division by zero", "plugin.py, line 1"),
    "another module": ("\n\nimport nothing_of_this_name", "ModuleNotFoundError", "plugin.py, line 3"),
    "no Python": ("def x(", "SyntaxError", "plugin.py, line 1"),
    "an exit": ("raise SystemExit(0)", "SystemExit", "plugin.py, line 1"),
    "no metric": ("x = 1", "declares no metric", "evalcli.custom"),
    "a wrong declaration": (
        GOOD.replace("false_discoveries", "Odd"),
        "metric 'Odd' has a name that cannot be typed",
        "small letters",
    ),
    "a name that is taken": (GOOD.replace("false_discoveries", "recall"), "cannot be added", "another name"),
    "one right, then an error": (GOOD + "\n1 / 0\n", "ZeroDivisionError", "plugin.py, line 9"),
}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    files, installed = dict(plugins._FILES), list(plugins._INSTALLED)
    with METRICS.restored():
        yield
    plugins._FILES.clear()
    plugins._FILES.update(files)
    plugins._INSTALLED[:] = installed


def test_its_metrics_are_computed_gated_listed_and_explained(
    cli: Cli, saved: Save, wnba: tuple[object, ...], tmp_path: Path
) -> None:
    plugin, report = saved("plugin.py", GOOD), tmp_path / "r.json"
    given = ("--plugin", plugin)
    result = cli(
        "score",
        *wnba,
        *given,
        "-m",
        "fdr,false_discoveries",
        "--fail-over",
        "false_discoveries=0.5",
        "-o",
        report,
    )
    assert result.code == 0, result
    metrics = cli("show", report, "--format", "json").json["metrics"]
    assert metrics["false_discoveries"]["value"] == metrics["fdr"]["value"]
    assert metrics["false_discoveries"]["interval"] == metrics["fdr"]["interval"]
    assert "declared in" in cli("explain", "false_discoveries", *given).out
    assert "false_discoveries" in cli("metrics", *given).out
    assert "false_discoveries" in cli("metrics", "discoveries", *given).out
    assert "false_discoveries: Share of the rows" in result.out


def test_a_stored_report_is_judged_without_it(
    process: Process, saved: Save, wnba: tuple[object, ...], tmp_path: Path
) -> None:
    report = tmp_path / "r.json"
    plugin = saved("plugin.py", GOOD)
    names = "false_discoveries,false_discoveries_macro"
    assert process("score", *wnba, "--plugin", plugin, "-m", names, "-o", report).code == 0
    shown = process("show", report, "--fail-over", "false_discoveries_macro=0.01")
    assert (shown.code, "failed" in shown.out) == (1, True)
    assert_refused(process("score", *wnba, "-m", names), "unknown metric 'false_discoveries'")


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_refused(case: str, cli: Cli, saved: Save, wnba: tuple[object, ...]) -> None:
    text, words, more = WRONG[case]
    before = len(METRICS)
    assert_refused(cli("score", *wnba, "--plugin", saved("plugin.py", text)), words, more)
    assert len(METRICS) == before


def test_a_file_is_loaded_once_and_not_again_when_it_changed(saved: Save) -> None:
    plugin = saved("plugin.py", GOOD)
    plugins.load_file(str(plugin))
    count = len(METRICS)
    plugins.load_file(str(plugin))
    assert len(METRICS) == count
    plugin.write_text(GOOD + "\n")
    with pytest.raises(plugins.InputError, match="changed since it was loaded"):
        plugins.load_file(str(plugin))


def test_a_file_that_is_not_there(cli: Cli, wnba: tuple[object, ...]) -> None:
    assert_refused(cli("score", *wnba, "--plugin", "none.py"), "the plugin cannot be read", "none.py")


def installed(folder: Path, code: str) -> None:
    """A package with an entry point, as an installer leaves it."""
    (folder / "some_metrics.py").write_text(code)
    info = folder / "some_metrics-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-metrics\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[evalcli.metrics]\nsome = some_metrics\n")


def test_metrics_of_installed_packages_are_known_by_name(
    cli: Cli, wnba: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, GOOD)
    monkeypatch.syspath_prepend(tmp_path)
    plugins._INSTALLED.clear()
    result = cli("score", *wnba, "-m", "false_discoveries", "--format", "json")
    assert result.json["definitions"][0]["source"] == "some-metrics 1.2"
    sys.modules.pop("some_metrics", None)


def test_a_broken_package_is_named(
    cli: Cli, wnba: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    plugins._INSTALLED.clear()
    assert_refused(cli("score", *wnba, "-m", "nothing_of_this_name"), "some-metrics 1.2", "ZeroDivisionError")
    plugins._INSTALLED.clear()
    assert cli("score", *wnba, "-m", "f1").code == 0, "what nobody asked for is not loaded"


def test_what_a_plugin_prints_is_not_in_the_output(cli: Cli, saved: Save, wnba: tuple[object, ...]) -> None:
    plugin = saved("plugin.py", 'print("hello")\n' + GOOD)
    result = cli("score", *wnba, "--plugin", plugin, "-m", "false_discoveries", "--format", "json")
    assert result.json["definitions"][0]["source"].startswith(f"{plugin} sha256 ")
    assert "hello" in result.err
