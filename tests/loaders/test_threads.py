from __future__ import annotations

import threading

import pytest

from evalcli.loaders.threads import threads


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_item_is_done(jobs: int) -> None:
    done: list[int] = []
    assert len(list(threads(jobs)(done.append, range(20)))) == 20
    assert sorted(done) == list(range(20))


def test_errors_arrive() -> None:
    def fail(_: int) -> None:
        raise ValueError(threading.current_thread().name)

    with pytest.raises(ValueError, match="ThreadPool"):
        list(threads(2)(fail, range(3)))
