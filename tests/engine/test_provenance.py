from __future__ import annotations

from support.command_line import Cli
from support.paths import FIXTURES


def test_the_digest_is_of_the_bytes(cli: Cli, cifar10: tuple[object, ...]) -> None:
    import hashlib

    data = cli("score", *cifar10, "--format", "json").json
    expected = hashlib.sha256((FIXTURES / "cifar10" / "labels.npy").read_bytes()).hexdigest()
    assert data["input"]["labels"]["sha256"] == expected
