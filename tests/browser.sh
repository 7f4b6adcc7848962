#!/bin/sh
# Install Chromium for the tests of pages, where it is missing and this user may.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && apt-get install -y -q --no-install-recommends chromium
else
    echo "the tests of pages need Chromium, which this user cannot install" >&2
    exit 1
fi
