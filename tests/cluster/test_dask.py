from __future__ import annotations

from typing import Any

import pytest

from evalcli.cluster.dask import DaskCluster
from support.cluster import Cluster, cluster

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with cluster(tmp_path_factory.mktemp("two"), 2) as found:
        yield found


def test_results_stay_where_they_are_and_are_arguments(two: Cluster) -> None:
    from distributed import Client

    with DaskCluster(Client(two.address, set_as_default=False)) as executor:  # type: ignore[no-untyped-call]
        assert executor.workers == 2
        one, other = executor.submit(pow, 2, 5), executor.submit(pow, 3, 2)
        assert executor.submit(max, one, other).result() == 32
        ended: list[Any] = []
        last = executor.submit(divmod, 1, 0)
        last.add_done_callback(ended.append)
        with pytest.raises(ZeroDivisionError):
            last.result()
        executor.renew()
        assert len(executor.versions(str)) == 2
        # a function of a module that workers do not have
        assert set(executor.versions(_missing).values()) == {"none"}


def _missing() -> str:
    raise ImportError("no such package")
