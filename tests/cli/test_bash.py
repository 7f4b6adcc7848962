from __future__ import annotations

import pytest

from evalcli.cli.bash import offered


def ask(line: str) -> list[str] | None:
    """Completions at the end of a line."""
    words = line.split(" ")
    return offered({"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("evalcli sc", None),
        ("evalcli config --t", None),
        ("evalcli score --fail-u", ["--fail-under"]),
        ("evalcli score --no-h", ["--no-header"]),
        ("evalcli metrics -", ["--task", "--plugin", "--format", "-f", "-h", "--help"]),
        ("evalcli score --metrics=log_l", ["log_loss"]),
        ("evalcli score --metrics =", None),
        ("evalcli score --quiet none", []),
        ("evalcli score --bins 1", []),
        ("evalcli score -- --met", []),
        ("evalcli score 'half a", []),
        ("evalcli explain never", ["never-predicted"]),
    ],
)
def test_what_is_offered(line: str, expected: list[str] | None) -> None:
    if line.endswith(" ="):
        assert "accuracy" in (ask(line) or [])
    else:
        assert ask(line) == expected
