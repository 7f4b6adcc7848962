from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from evalcli.report.provenance import Config, InputFile, Provenance, level_of
from support.builders import made_report

PLAIN = made_report({}).input
FILES = (InputFile("a.csv", 3, "0" * 64), InputFile("b.csv", None))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"labels": FILES[:1]},
        {"labels": FILES, "predictions": FILES},
        {"truth": ("label_a", "label_b"), "threshold": {"a": 0.25, "b": 0.5}},
        {"threshold": 0.3, "positive": "yes", "id": "id", "weight": "w", "effective": 2.5},
        {"options": {"average": None, "exclude_class": ["O"], "bins": 15}, "positive": "yes"},
        {"dropped": {"missing_scores": 2}, "labels_left": 4, "read": 12},
        {"group": "patient", "groups": 7, "by": (("region",), ("region", "age"))},
        {"scores": (), "scores_as": None, "scores_why": None, "predicted": "pred", "fingerprint": None},
    ],
)
def test_json_gives_back_the_provenance(more: dict[str, Any]) -> None:
    source = replace(PLAIN, **more)
    assert Provenance.from_json(json.loads(json.dumps(source.to_json()))) == source


def test_rows_that_were_scored() -> None:
    source = replace(PLAIN, read=10, dropped={"missing_scores": 2, "missing_label": 1})
    assert source.scored == source.to_json()["rows"]["scored"] == 7


def test_one_file_of_labels_is_no_list() -> None:
    assert replace(PLAIN, labels=None).to_json()["labels"] is None
    assert replace(PLAIN, labels=FILES[:1]).to_json()["labels"]["path"] == "a.csv"
    assert [file["path"] for file in replace(PLAIN, labels=FILES).to_json()["labels"]] == ["a.csv", "b.csv"]


def test_reports_of_before_groups_and_fingerprints() -> None:
    data = PLAIN.to_json()
    del data["labels_fingerprint"], data["roles"]["group"], data["roles"]["by"], data["rows"]["groups"]
    assert Provenance.from_json(data) == replace(PLAIN, fingerprint=None)


def test_a_config_is_plain_data() -> None:
    options = {"metrics": ["f1"], "bins": 10}
    assert Config("evalcli.toml", options).to_json() == {"path": "evalcli.toml", "options": options}


@pytest.mark.parametrize(
    ("name", "level"),
    [("q_0.5", 0.5), ("q_.05", 0.05), ("q_0", None), ("q_1", None), ("q_nan", None), ("q", None)],
)
def test_levels_of_quantiles(name: str, level: float | None) -> None:
    assert level_of(name) == level
