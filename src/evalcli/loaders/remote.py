"""Files at addresses: their file systems, and what services say that refuse access."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evalcli.errors import EvalcliError, InputError, UsageError
from evalcli.findings import Place
from evalcli.loaders.resource import brief
from evalcli.text import escape

BY_ARROW = ("s3", "gs", "gcs", "hdfs", "abfs", "abfss")
DENIED = (
    r"(?i)access.?denied|forbidden|unauthori[sz]ed|permission|credential|invalidaccesskey|signature"
    r"|\b40[13]\b"
)
"""Words of services that refuse access."""
PLACES = r"\S*[/:.]\S+"
"""Paths and addresses in a message, whose words say nothing of access."""
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE,",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS",
    "hf": "HF_TOKEN",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    "abfs": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    "abfss": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
"""What has the credentials of a service."""


@contextmanager
def reached(label: str) -> Iterator[None]:
    """Report failures to access a remote file."""
    try:
        yield
    except EvalcliError as error:
        if error.code != "unreadable":
            raise
        raise _unreachable(label, error.found or error.what) from None
    except Exception as error:  # each service raises its own
        raise _unreachable(label, escape(brief(error))) from None


def _unreachable(label: str, found: str) -> InputError:
    if re.search(DENIED, re.sub(PLACES, " ", found)):
        scheme = label.partition("://")[0].lower()
        names = CREDENTIALS.get(scheme, "the credentials of the service")
        return InputError(
            "the service refuses access to the address",
            where=Place(label),
            found=found,
            hint=f"set {names} where the file is read: here, or on every worker of a cluster",
            code="no-access",
        )
    return InputError(
        "the address cannot be read",
        where=Place(label),
        found=found,
        hint="are the address and the network right?",
        code="unreachable",
    )


def filesystem_of(name: str, label: str) -> tuple[Any, str]:
    """The file system of an address, and the path there. Raises a ``UsageError`` for one that is unknown."""
    from urllib.parse import urlsplit

    import pyarrow.fs as pf

    scheme = urlsplit(name).scheme.lower()
    if scheme in BY_ARROW:
        filesystem_and_path: tuple[Any, str] = pf.FileSystem.from_uri(name)
        return filesystem_and_path
    try:
        import fsspec
    except ImportError:
        raise UsageError(
            f"addresses with {scheme}:// require fsspec",
            where=Place(label),
            hint="pip install 'evalcli[remote]', or download the file first",
        ) from None
    try:
        filesystem, path = fsspec.core.url_to_fs(name)
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"addresses with {scheme}:// are not supported",
            where=Place(label),
            found=escape(brief(error)),
            hint="pip install 'evalcli[remote]', or download the file first",
        ) from None
    return pf.PyFileSystem(pf.FSSpecHandler(filesystem)), path
