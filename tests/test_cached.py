from __future__ import annotations

import threading

from evalcli.cached import cached_property


class Numbered:
    """Counts how often its number is computed."""

    def __init__(self) -> None:
        self.times = 0

    @cached_property
    def number(self) -> int:
        """A number."""
        self.times += 1
        return self.times


def test_it_is_computed_once_for_each_instance() -> None:
    one, other = Numbered(), Numbered()
    assert [one.number, one.number, other.number, one.times, other.times] == [1, 1, 1, 1, 1]
    del one.number
    assert one.number == 2


def test_the_class_has_the_property_itself() -> None:
    assert isinstance(Numbered.number, cached_property)
    assert Numbered.number.__doc__ == "A number."


def test_one_instance_does_not_wait_for_another() -> None:
    begun, go = threading.Event(), threading.Event()
    waited = []

    class Waiting:
        def __init__(self, waits: bool) -> None:
            self.waits = waits

        @cached_property
        def number(self) -> int:
            if self.waits:
                begun.set()
                waited.append(go.wait(30))
            return 1

    first = Waiting(True)
    thread = threading.Thread(target=lambda: first.number)
    thread.start()
    assert begun.wait(30)
    assert Waiting(False).number == 1  # with a lock for all instances, only after the first
    go.set()
    thread.join(30)
    assert waited == [True]
