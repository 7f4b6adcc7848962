from __future__ import annotations

from evalcli.report.state_facts import PartFacts, StateFacts

FACTS = StateFacts(
    path="part.state",
    size=950,
    format=1,
    version="1",
    task="binary",
    classes=("no", "yes"),
    metrics=("default",),
    ranking="exact",
    read=10,
    scored=9,
    dropped={"missing_label": 1},
    parts=tuple(PartFacts(f"p{j}.csv", 10, f"digest-{j}", None if j else 0) for j in range(12)),
    draws="id",
    facts={"bins": "15"},
    slices=3,
)


def test_everything_is_in_the_json() -> None:
    data = FACTS.to_json()
    assert (data["kind"], data["format"], data["bytes"]) == ("state", 1, 950)
    assert data["rows"] == {"read": 10, "scored": 9, "dropped": {"missing_label": 1}}
    first = {"path": "p0.csv", "rows": 10, "digest": "digest-0", "first_row": 0, "labels": None}
    assert data["parts"][0] == first  # type: ignore[index]
