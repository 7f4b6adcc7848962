"""The page of a metric: what the docstring of its formula says, for ``explain`` and the documentation.

The first paragraph is the summary; a paragraph that begins with one of ``HEADINGS`` and a colon is that fact;
all others are the convention. Nothing here decides how a value is computed.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

HEADINGS = {
    "Formula": "formula",
    "Coverage": "coverage",
    "Reference": "reference",
    "scikit-learn": "sklearn",
    "torchmetrics": "torchmetrics",
}


class Page(Struct, frozen=True):
    """Facts for readers.

    ``coverage``: where its 95 % interval covers in less than 93 %, or more than 97 %, of the simulations of
    docs/intervals.md.
    """

    summary: str = ""
    convention: str = ""
    formula: str = ""
    coverage: str = ""
    reference: str = ""
    sklearn: str = ""
    torchmetrics: str = ""


def page_of(function: Callable[..., object]) -> Page:
    """The page of a formula.

    >>> def brier(state):
    ...     '''Brier score.
    ...
    ...     Formula: mean of (p - y)²
    ...
    ...     In [0, 1].
    ...     '''
    >>> page = page_of(brier)
    >>> page.summary, page.formula, page.convention
    ('Brier score.', 'mean of (p - y)²', 'In [0, 1].')
    """
    from inspect import cleandoc

    first, *rest = cleandoc(function.__doc__ or "").split("\n\n")
    facts: dict[str, str] = {}
    conventions = []
    for paragraph in rest:
        word, colon, text = paragraph.partition(":")
        heading = HEADINGS.get(word) if colon else None
        if heading:
            facts[heading] = " ".join(text.split())
        else:
            conventions.append(" ".join(paragraph.split()))
    return Page(summary=" ".join(first.split()), convention=" ".join(conventions), **facts)
