from __future__ import annotations

from typing import Any

import pytest

from support.formats import TABLE, csv, figures


@pytest.fixture
def expected(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("reference") / "p.csv"
    path.write_bytes(csv(TABLE))
    return figures(path)
