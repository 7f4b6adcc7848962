"""HTML pages in a real browser: what the script adds, and what is there without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe

from evalcli.writers.history import read_history
from support import training
from support.browsing import STRICT, browser, opened, served
from support.command_line import Cli, Process
from support.paths import FIXTURES

pytestmark = pytest.mark.long
GAMES = (FIXTURES / "wnba" / "games.csv", "--label-col", "prob1_outcome", "--score-cols", "prob1")
CIFAR = (FIXTURES / "cifar10" / "probabilities.npy", "--labels", FIXTURES / "cifar10" / "labels.npy")
FIGURES = "precision,recall,specificity,npv,accuracy,predicted_positive_rate,f1,balanced_accuracy,mcc"
CHARTS = {
    "binary": ["roc", "pr", "cost", "reliability", "scores"],
    "multiclass": ["roc", "pr", "cost", "reliability", "scores"],
    "multilabel": ["roc", "pr", "cost"],
    "regression": ["predicted", "residuals"],
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture
def games(cli: Cli, tmp_path: Path) -> Path:
    cli("score", *GAMES, "--by", "season", "-o", tmp_path / "games.html")
    return tmp_path / "games.html"


def _figures(page: Any) -> dict[str, str]:
    cells = page.locator("#figures td[data-figure]")
    return dict(cells.evaluate_all("cells => cells.map(c => [c.dataset.figure, c.textContent])"))


def _interval(page: Any, name: str) -> list[float]:
    text = page.locator(f"#figures tr:has(td[data-figure={name}]) td").nth(1).inner_text()
    return [float(part) for part in text.split(" – ")]


def _slide(page: Any, place: int) -> float:
    """Move the slider; the threshold that it is at."""
    slide = "(s, to) => {s.value = to; s.dispatchEvent(new Event('input'))}"
    page.locator("#slider").evaluate(slide, place)
    return float(page.locator("#at").input_value())


@pytest.mark.parametrize("place", [1, 60, 200, 330])
def test_figures_at_a_threshold_are_those_of_score(cli: Cli, games: Path, chromium: Any, place: int) -> None:
    with opened(chromium, games) as page:
        threshold = _slide(page, place)
        shown = _figures(page)
        ends = {name: _interval(page, name) for name in ("precision", "recall", "specificity", "accuracy")}
    found = cli("score", *GAMES, "--threshold", threshold, "--metrics", FIGURES, "--format", "json").json
    for name in FIGURES.split(","):
        assert shown[name] == f"{found['metrics'][name]['value']:.4f}", name
    (tn, fp), (fn, tp) = found["confusion_matrix"]["counts"]
    assert [int(shown[name].replace(",", "")) for name in ("tp", "fp", "fn", "tn")] == [tp, fp, fn, tn]
    for name, pair in ends.items():
        assert found["metrics"][name]["interval_method"] == "wilson"
        assert pair == pytest.approx(found["metrics"][name]["interval"], abs=5.1e-5)


def test_a_page_begins_at_the_threshold_of_its_report(cli: Cli, games: Path, chromium: Any) -> None:
    with opened(chromium, games) as page:
        said = "Rows whose score is above 0.5 are predicted as class 1."
        assert page.locator("#said").inner_text() == said
        shown = _figures(page)
    found = cli("score", *GAMES, "--format", "json").json["metrics"]
    assert shown["f1"] == f"{found['f1']['value']:.4f}" and shown["mcc"] == f"{found['mcc']['value']:.4f}"


def test_costs_move_to_the_cheapest_threshold(games: Path, chromium: Any) -> None:
    with opened(chromium, games) as page:
        page.locator("#cost-fn").fill("3")
        cost = float(_figures(page)["cost per row"])
        shown = _figures(page)
        assert cost == pytest.approx((int(shown["fp"]) + 3 * int(shown["fn"])) / 450, abs=1e-4)
        axis = page.locator("figure[data-chart=cost] .role-axis-label text").all_text_contents()
        page.locator("#cost-fn").fill("3000")
        page.wait_for_timeout(200)
        assert page.locator("figure[data-chart=cost] .role-axis-label text").all_text_contents() != axis
        for wrong in ("-5", ""):
            page.locator("#cost-fn").fill(wrong)
            assert page.locator("#cost-fn").get_attribute("aria-invalid") == "true"
        page.locator("#cost-fn").fill("3")
        page.locator("#cheapest").click()
        least = float(_figures(page)["cost per row"])
        every = []
        for place in range(int(page.locator("#slider").get_attribute("max"))):
            page.locator("#slider").evaluate("(s, to) => {s.value = to}", place)
            page.locator("#slider").dispatch_event("input")
            every.append(float(_figures(page)["cost per row"]))
        assert least == min(every) < cost


def test_slices_have_curves_of_their_own(cli: Cli, games: Path, chromium: Any) -> None:
    found = cli("score", *GAMES, "--by", "season", "--format", "json").json
    part = next(part for part in found["slices"] if part["by"] == {"season": "2022"})
    with opened(chromium, games) as page:
        page.locator("#slice").select_option("season=2022")
        shown = _figures(page)
        assert int(shown["tp"]) + int(shown["fn"]) == part["metrics"]["recall"]["n"]
        assert shown["recall"] == f"{part['metrics']['recall']['value']:.4f}"
        assert shown["f1"] == f"{part['metrics']['f1']['value']:.4f}"
        page.locator("#slice").select_option("")
        page.locator("#at").fill("0.6")
        page.keyboard.press("Enter")
        at = page.locator("#at").input_value()
        page.locator("#slice").select_option("season=2021")
        assert float(page.locator("#at").input_value()) == pytest.approx(float(at), abs=0.02)


def test_keys_move_the_threshold_and_a_typed_one_is_found(games: Path, chromium: Any) -> None:
    with opened(chromium, games) as page:
        before = page.locator("#said").inner_text()
        page.locator("#slider").focus()
        page.keyboard.press("ArrowLeft")
        assert page.locator("#said").inner_text() != before
        assert page.locator("#slider").get_attribute("aria-valuetext") in page.locator("#said").inner_text()
        for typed, low, high in (("0.7", 0.7, 0.72), ("0.3331", 0.3331, 0.35)):
            page.locator("#at").fill(typed)
            page.keyboard.press("Enter")
            assert low <= float(page.locator("#at").input_value()) <= high, (
                "the rows that score at least that"
            )
        page.locator("#at").fill("2")
        page.keyboard.press("Enter")
        assert _figures(page)["tp"] == "0" and "no row" in page.locator("#said").inner_text()
        page.locator("#at").fill("-1")
        page.keyboard.press("Enter")
        assert _figures(page)["fn"] == "0"


def test_tables_are_sorted_by_mouse_and_keyboard(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    cli("score", *CIFAR, "-o", tmp_path / "c.html")
    with opened(chromium, tmp_path / "c.html") as page:
        table = page.locator("section:has(h2:text('Per class')) table")
        head = table.locator("th", has_text="recall")

        def recalls() -> list[float]:
            return [float(text.split()[0]) for text in table.locator("td:nth-child(4)").all_inner_texts()]

        before = recalls()
        head.locator("button").click()
        assert recalls() == sorted(recalls()) and head.get_attribute("aria-sort") == "ascending"
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert recalls() == sorted(recalls(), reverse=True)
        assert head.get_attribute("aria-sort") == "descending"
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") is None and recalls() == before


def _page(task: str, cli: Cli, folder: Path) -> Path:
    path = folder / f"{task}.html"
    if task == "binary":
        cli(
            "score",
            *GAMES,
            "--by",
            "season",
            "--fail-under",
            "f1=0.99",
            "--errors",
            folder / "e.csv",
            "-o",
            path,
        )
    elif task == "multiclass":
        cli("score", *CIFAR, "--per-row", folder / "rows.csv", "-o", path)
    elif task == "multilabel":
        rng = np.random.default_rng(0)
        truth = rng.random((300, 2)) < 0.4
        scores = np.clip(truth * 0.3 + rng.random((300, 2)) * 0.7, 0, 1)
        np.save(folder / "p.npy", scores)
        np.save(folder / "y.npy", truth.astype(int))
        cli("score", folder / "p.npy", "--labels", folder / "y.npy", "--task", "multilabel", "-o", path)
    else:
        source = FIXTURES / "governors" / "final_forecasts.csv"
        cli(
            "score",
            source,
            "--label-col",
            "actual_voteshare",
            "--pred-col",
            "projected_voteshare",
            "-o",
            path,
        )
    assert path.exists()
    return path


@pytest.mark.parametrize("task", CHARTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_and_nobody_is_shut_out(
    cli: Cli, tmp_path: Path, chromium: Any, task: str, scheme: str
) -> None:
    path = _page(task, cli, tmp_path)
    with opened(chromium, path, color_scheme=scheme) as page:
        names = page.locator("figure").evaluate_all("all => all.map(f => f.dataset.chart)")
        assert names == CHARTS[task]
        marks = "all => all.map(f => f.querySelectorAll('svg .mark-symbol path, svg .mark-rect path').length)"
        assert all(count > 0 for count in page.locator("figure").evaluate_all(marks))
        assert page.locator("figure [aria-label][role=graphics-document]").count() == len(names)
        found = Axe().run(page)
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in serious]


def test_a_page_reads_whole_without_script_and_style(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    path = _page("binary", cli, tmp_path)
    report = cli("score", *GAMES, "--by", "season", "--format", "json").json
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with served(tmp_path, STRICT) as address:
        page.goto(f"{address}/{path.name}")
        text = page.locator("body").inner_text()
        assert asked == [f"{address}/{path.name}"]
        assert not page.locator("#threshold").is_visible()
        assert page.locator("button").count() == 0
        for group in (report["metrics"], *(part["metrics"] for part in report["slices"])):
            for name, score in list(group.items())[:5]:
                assert name in text and f"{score['value']:.4f}" in text
        assert re.search(r"fail: .*f1>=0.99", text, re.DOTALL)
        for row in report["confusion_matrix"]["counts"]:
            assert all(str(count) in text for count in row)
        assert page.locator("table[data-curve]").first.locator("tbody tr").count() > 300
    context.close()


def test_cells_show_their_rows(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    path = _page("multiclass", cli, tmp_path)
    with opened(chromium, path) as page:
        page.get_by_role("button", name="78 rows of 3, predicted 5: show").click()
        status = page.get_by_role("status").first.inner_text()
        assert status == "5 of the 78 rows whose true class is 3 and whose predicted class is 5"
        rows = page.locator("table[data-examples] tbody tr:visible")
        heads = page.locator("table[data-examples] th").all_inner_texts()
        losses = [
            float(text) for text in rows.locator(f"td:nth-child({heads.index('loss') + 1})").all_inner_texts()
        ]
        assert len(losses) == 5 and losses == sorted(losses, reverse=True)
        page.get_by_role("button", name="Show all rows").click()
        assert rows.count() > 300


def test_names_that_are_markup_stay_text(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    lines = [f"{evil if i % 3 else 'b'},{0.3 + 0.4 * (i % 2)},x{i % 2}<b>" for i in range(80)]
    (tmp_path / "p.csv").write_text("label,score,part\n" + "\n".join(lines) + "\n")
    given = [tmp_path / "p.csv", "--label-col", "label", "--score-cols", "score", "--positive", evil]
    name = ("--by", "part", "--name", "<script>alert(2)</script>")
    result = cli("score", *given, *name, "--per-row", tmp_path / "r.csv", "-o", tmp_path / "p.html")
    assert result.code == 0, result.err
    with opened(chromium, tmp_path / "p.html") as page:
        assert page.locator("h1").inner_text() == "<script>alert(2)</script>"
        assert evil in page.locator("#said").inner_text()
        assert page.locator("img").count() == 0


def test_a_page_needs_no_library_to_draw(process: Process, tmp_path: Path) -> None:
    result = process("score", *GAMES, "-o", tmp_path / "p.html", PYTHONPROFILEIMPORTTIME="1")
    assert result.code == 0 and "evalcli.renderers.page" in result.err
    assert not re.search(r"matplotlib|uniplot|altair|vl_convert|evalcli\.plots\.canvas", result.err)


def test_a_comparison_is_a_page_too(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 200)
    for name, error in (("old", 0.3), ("new", 0.2)):
        pred = np.where(rng.random(200) < error, 1 - y, y)
        rows = "\n".join(f"{a},{b}" for a, b in zip(y, pred, strict=True))
        (tmp_path / f"{name}.csv").write_text(f"label,pred\n{rows}\n")
    cli("compare", tmp_path / "old.csv", tmp_path / "new.csv", "-o", tmp_path / "c.html")
    with opened(chromium, tmp_path / "c.html") as page:
        page.locator("th button").first.click()
        assert page.locator("th[aria-sort]").count() == 1
        found = Axe().run(page).response["violations"]
        assert not [v for v in found if v["impact"] in ("serious", "critical")], found


@pytest.mark.parametrize("kind", ["logits", "tied", "weighted", "float32"])
def test_figures_of_other_scores_are_those_of_score(
    cli: Cli, tmp_path: Path, chromium: Any, kind: str
) -> None:
    rng = np.random.default_rng(3)
    y = (rng.random(700) < 0.4).astype(int)
    z = rng.normal(size=700) + 1.5 * y - 0.7
    p = 1 / (1 + np.exp(-z))
    scores = {"logits": z, "tied": np.round(p, 1), "float32": p.astype(np.float32)}.get(kind, p)
    table = pa.table({"label": y, "score": scores, "w": rng.integers(1, 9, 700) / 4})
    pq.write_table(table, tmp_path / "p.parquet")
    words = ["score", tmp_path / "p.parquet", "--label-col", "label", "--score-cols", "score"]
    words += ["--weight-col", "w"] if kind == "weighted" else []
    words += ["--scores", "logits"] if kind == "logits" else []
    cli(*words, "-o", tmp_path / "p.html")
    with opened(chromium, tmp_path / "p.html") as page:
        start, base = _figures(page), cli(*words, "--format", "json").json
        assert start["f1"] == f"{base['metrics']['f1']['value']:.4f}"
        last = int(page.locator("#slider").get_attribute("max"))
        for place in range(1, last, last // 5):
            threshold = _slide(page, place)
            found = cli(*words, "--threshold", repr(threshold), "--format", "json").json
            (_, fp), (_, tp) = found["confusion_matrix"]["counts"]
            shown = _figures(page)
            assert [float(shown[name].replace(",", "")) for name in ("tp", "fp")] == pytest.approx([tp, fp])


def test_points_are_clicked_and_lines_are_not(games: Path, chromium: Any) -> None:
    with opened(chromium, games) as page:
        points = page.locator("figure[data-chart=roc] .layer_3_marks path")
        points.nth(100).dispatch_event("click")
        page.wait_for_timeout(100)
        box = page.locator("figure[data-chart=roc] svg").bounding_box()
        page.mouse.click(box["x"] + 200, box["y"] + 110)
        assert "no row" not in page.locator("#said").inner_text()
        assert page.locator("figure[data-chart=roc] .mark-line path").first.evaluate(
            "line => getComputedStyle(line).pointerEvents"
        ) in ("none", "visiblePainted")


def test_narrow_screens_and_long_names_scroll_within_tables(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    long = "a very long name of a class " * 10
    lines = [f"{(long, 'b')[i % 2]},{(long, 'b')[(i % 2) ^ (i % 5 == 0)]},{'x' * 200}" for i in range(80)]
    (tmp_path / "p.csv").write_text("label,pred,part\n" + "\n".join(lines) + "\n")
    cli("score", tmp_path / "p.csv", "--by", "part", "-o", tmp_path / "p.html")
    for path in (tmp_path / "p.html", _page("binary", cli, tmp_path)):
        with opened(chromium, path) as page:
            page.set_viewport_size({"width": 400, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_what_is_left_out_is_said(cli: Cli, tmp_path: Path, chromium: Any) -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 50, 800)
    z = rng.normal(size=(800, 50)) + 2 * np.eye(50)[y]
    np.save(tmp_path / "p.npy", np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    np.save(tmp_path / "y.npy", y)
    cli("score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy", "-o", tmp_path / "p.html")
    with opened(chromium, tmp_path / "p.html") as page:
        text = page.locator("main").inner_text()
        assert "Curves of the 40 classes that rank worst of 50." in text
        assert "the report predicts in another way" in page.locator("#said").inner_text()
    cli("score", *GAMES, "--curves", "none", "-o", tmp_path / "n.html")
    with opened(chromium, tmp_path / "n.html") as page:
        assert "This report has no curves" in page.locator("main").inner_text()
    weights = [f"{i % 2},{(i * 7 % 10) / 10},{1 + i % 3}" for i in range(90)]
    (tmp_path / "w.csv").write_text("label,score,w\n" + "\n".join(weights) + "\n")
    cli("score", tmp_path / "w.csv", "--weight-col", "w", "-o", tmp_path / "w.html")
    with opened(chromium, tmp_path / "w.html") as page:
        assert "have no intervals here: rows have weights" in page.locator("main").inner_text()
        assert page.locator("#figures th[scope=col]").count() == 2


@pytest.fixture
def epochs(cli: Cli, tmp_path: Path) -> Path:
    folder = training.written(tmp_path / "run", epochs=6)
    cli(*training.words(folder), "-o", tmp_path / "run.html")
    return tmp_path / "run.html"


def test_curves_of_a_run(cli: Cli, epochs: Path, chromium: Any) -> None:
    with opened(chromium, epochs) as page:
        titles = page.locator("#whole figcaption")
        assert titles.all_inner_texts() == ["f1_macro", "log_loss"]
        points = page.locator(
            '#whole figure:nth-child(1) [aria-label][aria-roledescription="point"], '
            "#whole figure:nth-child(1) g.mark-symbol path"
        )
        assert points.count() >= 2 * 6
        page.locator("#metric").select_option("accuracy")
        assert titles.all_inner_texts() == ["accuracy", "f1_macro", "log_loss"]
        small = page.locator("#small figcaption")
        assert small.all_inner_texts() == [f"f1 of {cls}" for cls in "012"]
        page.locator("#class-metric").select_option("recall")
        assert small.all_inner_texts() == [f"recall of {cls}" for cls in "012"]


def test_a_slider_goes_through_the_matrices(epochs: Path, chromium: Any) -> None:
    history = read_history(str(epochs.parent / "run" / "history.jsonl"))
    assert history.best is not None
    with opened(chromium, epochs) as page:
        shown = page.locator("details[data-epoch]:visible")
        assert (
            shown.count() == 1 and page.locator("output").inner_text() == f"epoch {history.best.epoch} (best)"
        )
        for place in (0, 5):
            slide = "(s, to) => {s.value = to; s.dispatchEvent(new Event('input'))}"
            page.locator("#epoch").evaluate(slide, place)
            epoch = history.find(place + 1, "val")
            assert epoch is not None and epoch.confusion is not None
            cells = shown.locator("tbody td").all_inner_texts()
            assert [int(cell) for cell in cells] == [int(n) for row in epoch.confusion for n in row]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_run_has_no_serious_fault_of_access(epochs: Path, chromium: Any, scheme: str) -> None:
    with opened(chromium, epochs, color_scheme=scheme) as page:
        found = Axe().run(page).response["violations"]
        assert not [part["id"] for part in found if part["impact"] in ("serious", "critical")]


def test_the_page_of_a_run_is_whole_where_no_script_may_run(epochs: Path, chromium: Any) -> None:
    with served(epochs.parent, STRICT) as address:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{address}/run.html")
        assert page.locator("table").first.locator("tbody tr").count() == 6
        assert page.locator("details[data-epoch]").count() == 6 and not page.locator("#history").is_visible()
        context.close()
