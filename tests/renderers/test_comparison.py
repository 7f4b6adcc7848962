from __future__ import annotations

from pathlib import Path

from evalcli.engine.compare import compare
from evalcli.gate.changes import compare_rules
from evalcli.inputs.options import Options
from evalcli.renderers.formats import render
from evalcli.report.comparison import Comparison
from support.comparing import two_models, written


def made(tmp_path: Path, *more: float) -> Comparison:
    y, old, new = two_models()
    labels, *models = written(tmp_path, y, old, new, *(old for _ in more))
    options = [
        (m.name, Options(str(m), labels=str(labels), metrics=("accuracy", "log_loss"))) for m in models
    ]
    return compare(options, rules=compare_rules(["accuracy=0.05"], detect=["accuracy=0.01"])).comparison


def test_tables_of_what_changed_and_what_flipped(tmp_path: Path) -> None:
    comparison = made(tmp_path)
    text = render(comparison, "table").decode()
    head = text.splitlines()[0]
    assert head.startswith("m0.csv → m1.csv · multiclass, 3 classes · 400 rows in both, joined by id;")
    accuracy = comparison.find("accuracy")
    assert f"{accuracy.old:.4f}" in text and f"{accuracy.change:+.4f}" in text
    assert "old right" in text and "broken:" in text and "% of what was right [" in text
    assert "with 400 rows a change of" in text and "would need about" in text
    assert "1 of 1 rule" in text
    assert "cat→" in text or "dog→" in text or "owl→" in text


def test_markdown_and_several_models(tmp_path: Path) -> None:
    comparison = made(tmp_path, 0.0)
    page = render(comparison, "markdown").decode()
    assert page.startswith("### evalcli: m0.csv and m1.csv and m2.csv")
    assert "m0.csv and 2 others" in page
    assert page.count("| metric |") == 2
    assert "| model |" in page.replace("verdict | model", "| model") or "| verdict | model |" in page
