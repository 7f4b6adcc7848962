"""A misspelled name is answered with the same quantity, or with none: never with another one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from evalcli.errors import UsageError
from evalcli.metrics import METRICS
from evalcli.metrics.aliases import ALIASES, ANSWERS, BY_TASK, fold
from evalcli.metrics.lookup import canonical, name_of, suggestion
from evalcli.tasks import TASKS
from support.effort import sample

CANONICAL = sorted({name for task in TASKS.values() for name in METRICS.names_of(task)})
PLAIN = {**{name: name for name in CANONICAL}, **{a: t for t, aliases in ALIASES.items() for a in aliases}}
AVERAGED = {
    f"{average}_{alias}": f"{target}_{average}"
    for target in ("recall", "specificity", "precision", "f1", "jaccard")
    for alias in ALIASES[target]
    for average in ("macro", "micro", "weighted")
}
MEANT = {**PLAIN, **AVERAGED}
UNAVAILABLE = [name for names in ANSWERS for name in names]
LETTERS = "aegx1"


def directions(name: str) -> set[str]:
    """The direction of the metrics of a name."""
    return {metric.better for metric in METRICS.named(name_of(name))}


def misspelled(name: str) -> Iterator[str]:
    """Each letter deleted, swapped with the next, replaced, and another one inserted."""
    for i in range(len(name) + 1):
        letter = LETTERS[i % len(LETTERS)]
        yield name[:i] + letter + name[i:]
        if i < len(name):
            yield name[:i] + name[i + 1 :]
            yield name[:i] + letter + name[i + 1 :]
            yield name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2 :]


def is_known(word: str) -> bool:
    try:
        return bool(canonical(word))
    except UsageError as error:
        return "unknown metric" not in error.what


@pytest.mark.thorough
@pytest.mark.unmeasured
@pytest.mark.parametrize("part", range(8))
def test_a_suggestion_is_the_same_quantity(part: int) -> None:
    suggested = 0
    for name in sorted(MEANT)[part::8]:
        for word in islice(misspelled(name), 0, None, sample(3, 1)):
            better = suggestion(word)
            if better is None or is_known(word):
                continue
            found, meant = canonical(better), MEANT[name]
            assert found == meant, (name, word, better)
            assert directions(found) == directions(meant)
            suggested += 1
    assert suggested > sample(150, 500)


def test_what_is_not_available_is_not_taken_for_what_is() -> None:
    for name in [*UNAVAILABLE, *BY_TASK]:
        for word in misspelled(name):
            assert suggestion(word) is None or is_known(word), (name, word, suggestion(word))


@pytest.mark.parametrize("name", MEANT)
def test_case_and_separators_make_no_difference(name: str) -> None:
    for typed in (name.upper(), name.replace("_", "-"), name.replace("_", " "), fold(name)):
        assert canonical(typed) == MEANT[name]
