#!/usr/bin/env bash
# Clients of others against the sandbox: the reference Python SDK (check.py), and a validator that
# holds every answer against specs/platform.yaml (answers.py).
# Needs Python 3.11 or later and the package registry; makes its environment under target/.
set -euo pipefail
cd "$(dirname "$0")/../../.."

target="${CARGO_TARGET_DIR:-target}"
program="${AIRBYTE_AGENT:-}"
if [ -z "$program" ]; then
    cargo build --quiet -p airbyte-agent-cli
    program="$target/debug/airbyte-agent"
fi

here=crates/airbyte-agent-sandbox/compat
venv="$target/compat-venv"
if ! cmp --silent "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

"$venv/bin/python" "$here/answers.py" "$program" specs
AIRBYTE_TELEMETRY_MODE=disabled timeout 110 "$venv/bin/python" "$here/check.py" "$program"
