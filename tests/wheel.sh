#!/bin/sh
# Build the wheel, install it alone in a clean environment, and score a file from another folder.
set -eu
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$PYTHON" -m build --outdir "$work/dist" . >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$PYTHON" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$work"/dist/*.whl
cd "$work"
"$work/venv/bin/evalcli" score "$root/fixtures/wnba/games.csv" \
    --label-col prob1_outcome --score-cols prob1 --fail-under roc_auc=0.7 --only roc_auc -o report.html
grep -q 'id="threshold"' report.html
"$work/venv/bin/python" -m evalcli --version
"$work/venv/bin/python" - <<'PY'
from importlib.resources import files

package = files("evalcli")
assert (package / "schema" / "report-1.json").is_file(), "the wheel lacks the JSON Schema"
assert (package / "web" / "vega.js").is_file(), "the wheel lacks the script of pages"
assert (package / "py.typed").is_file(), "the wheel lacks py.typed"
PY
echo "wheel: ok"
