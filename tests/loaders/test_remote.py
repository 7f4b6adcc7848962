from __future__ import annotations

import pytest

from evalcli.errors import InputError, UsageError
from evalcli.loaders.remote import filesystem_of, reached


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("AWS Error ACCESS_DENIED during HeadObject operation", "no-access", "AWS_ACCESS_KEY_ID"),
        ("AWS Error [code 15]: No response body. SignatureDoesNotMatch", "no-access", "AWS_PROFILE"),
        ("403, message='Forbidden'", "no-access", "every worker"),
        ("curlCode: 6, Could not resolve hostname", "unreachable", "the network"),
        ("No such file: https://host/x/signature.csv", "unreachable", "the network"),
        ("connection reset reading gs://b/run-403/permissions/p.csv", "unreachable", "the network"),
        ("4030 bytes are missing", "unreachable", "the network"),
    ],
)
def test_who_is_refused_is_told_what_has_the_credentials(said: str, code: str, words: str) -> None:
    with pytest.raises(InputError) as refused, reached("s3://bucket/p.csv"):
        raise OSError(said)
    assert refused.value.code == code
    assert words in str(refused.value)
    with pytest.raises(InputError) as other, reached("hf://datasets/a/p.csv"):
        raise OSError(said)
    assert ("HF_TOKEN" in str(other.value)) == (code == "no-access")


def test_schemes_that_nobody_knows() -> None:
    with pytest.raises(UsageError, match="nowhere://"):
        filesystem_of("nowhere://a/b.csv", "nowhere://a/b.csv")
