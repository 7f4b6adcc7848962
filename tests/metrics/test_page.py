from __future__ import annotations

import pytest

from evalcli.metrics import METRICS, Metric
from evalcli.metrics.page import HEADINGS, Page, page_of


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_says_what_it_is(metric: Metric) -> None:
    page = metric.page
    assert all((page.summary, page.formula, page.sklearn, page.torchmetrics, page.reference))
    assert metric.undefined.reason
    assert page.summary.endswith(".")
    assert page.sklearn.endswith(".")
    assert page.torchmetrics.endswith(".")


def test_paragraphs_and_their_headings() -> None:
    def odd() -> None:
        """A sum
        of two lines.

        Note: this is convention, as is what follows.

        Formula: a
            + b

        More of it.

        Reference: Nobody, 1900
        """

    assert page_of(odd) == Page(
        summary="A sum of two lines.",
        convention="Note: this is convention, as is what follows. More of it.",
        formula="a + b",
        reference="Nobody, 1900",
    )


def test_no_docstring_is_an_empty_page() -> None:
    assert page_of(lambda: None) == Page()


def test_headings_are_fields() -> None:
    assert set(HEADINGS.values()) <= set(Page.__struct_fields__)
