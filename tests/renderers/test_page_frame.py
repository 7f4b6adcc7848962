from __future__ import annotations

import base64
import hashlib
import re

import pytest

from evalcli.renderers.page_frame import origin_of, whole_page


@pytest.mark.parametrize("charts", [True, False])
def test_the_policy_admits_the_scripts_of_the_page_and_nothing_else(charts: bool) -> None:
    page = whole_page(
        "a <title>", "facts", ("fail", "why"), [*origin_of({"command": "x"})], "", charts
    ).decode()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(scripts) == (3 if charts else 1)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    for text in (*scripts, *re.findall(r"<style>(.*?)</style>", page, re.S)):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "a &lt;title&gt;" in page and '<p class="verdict fail"><strong>fail</strong>: why</p>' in page
