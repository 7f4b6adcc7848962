from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine import on_worker
from evalcli.engine.on_worker import PartError, PartSize, Wish, add_parts, finish, score_part, size_of
from evalcli.inputs.options import Options
from support.parts import N, rows


@pytest.fixture
def parts(tmp_path: Path) -> list[Options]:
    """Halves of a table by id, with labels of all in one file that only the sender has."""
    table = rows("multiclass").reset_index(names="id")
    table[["id", "label"]].to_csv(tmp_path / "y.csv", index=False)
    found = []
    for number, some in enumerate((table[: N // 2], table[N // 2 :])):
        path = tmp_path / f"p{number}.parquet"
        some[["id", *(name for name in table if name.startswith("prob_"))]].to_parquet(path, index=False)
        found.append(Options((str(path),), ("elsewhere/y.csv",), shared_labels=True, stored=True, jobs=1))
    return found


def test_labels_that_were_sent_are_read_once(
    parts: list[Options], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    known = on_worker.open_bytes
    monkeypatch.setattr(on_worker, "open_bytes", lambda *given: opened.append(given[0]) or known(*given))  # type: ignore[func-returns-value]
    data = (tmp_path / "y.csv").read_bytes()
    states = [score_part(options, Wish(), "digest", data) for options in parts]
    assert opened == ["elsewhere/y.csv"]
    found = finish(add_parts(*states), parts[0], ("evalcli", "score"), True)
    assert found.error is None
    assert found.report is not None
    assert found.report.input.scored == N
    assert found.state is not None
    lacking = finish(states[0], parts[0], (), False)
    assert "300 of 600 labels have no prediction in any part" in str(lacking.error)
    with pytest.raises(PartError, match="a part comes twice"):
        add_parts(states[0], states[0])
    with pytest.raises(PartError, match="no such file"):
        score_part(parts[0], Wish(), "other")


def test_what_files_declare(parts: list[Options], tmp_path: Path) -> None:
    assert size_of(parts[0]) == PartSize(N // 2, 3)
    (tmp_path / "p.csv").write_text("a,b\n1,2\n")
    assert size_of(Options((str(tmp_path / "p.csv"),))) is None
    assert size_of(Options((str(tmp_path / "none.csv"),))) is None
