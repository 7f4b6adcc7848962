from __future__ import annotations

import sys

import pytest

from evalcli.cluster.executor import open_executor
from evalcli.errors import UsageError


@pytest.mark.parametrize("address", ["", "nowhere", "http://host:8786", "host:8786", "locally"])
def test_other_addresses_are_questions(address: str) -> None:
    with pytest.raises(UsageError, match="no address of a cluster"):
        open_executor(address)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs distributed") as refused:
        open_executor("tcp://127.0.0.1:8786")
    assert "evalcli[dask]" in str(refused.value)
