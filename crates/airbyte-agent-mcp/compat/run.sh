#!/usr/bin/env bash
# The official clients against `airbyte-agent mcp`: Python, TypeScript, and the inspector's command
# line, over both transports. Needs Python 3.10 or later, Node 20 or later and the package
# registries; makes its environments under target/.
set -euo pipefail
cd "$(dirname "$0")/../../.."

target="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
program="${AIRBYTE_AGENT:-}"
if [ -z "$program" ]; then
    cargo build --quiet -p airbyte-agent-cli
    program="$target/debug/airbyte-agent"
fi
program="$(realpath "$program")"

here="$(realpath crates/airbyte-agent-mcp/compat)"
venv="$target/mcp-compat/python"
if ! cmp --silent "$here/python/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/python/requirements.txt"
    cp "$here/python/requirements.txt" "$venv/requirements.txt"
fi
node="$target/mcp-compat/node"
mkdir -p "$node"
if ! cmp --silent "$here/node/package.json" "$node/installed.json"; then
    cp "$here/node/package.json" "$node/package.json"
    npm install --prefix "$node" --silent --no-audit --no-fund --ignore-scripts
    cp "$here/node/package.json" "$node/installed.json"
fi
cp "$here/node/check.mjs" "$node/check.mjs"

logs="$(mktemp -d)"
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$logs"' EXIT

# waits for FILE to hold a line with the text, and prints the address at its end
address() {
    for _ in $(seq 100); do
        if grep -q "$2" "$1"; then
            grep "$2" "$1" | grep -o 'http://[^ ]*'
            return
        fi
        sleep 0.1
    done
    echo "no '$2' in time:" >&2
    cat "$1" >&2
    return 1
}

"$program" sandbox >"$logs/sandbox" 2>&1 &
sandbox="$(address "$logs/sandbox" 'sandbox listening on')"

export AIRBYTE_AGENT_GONG_ACCESS_KEY=key AIRBYTE_AGENT_GONG_ACCESS_KEY_SECRET=secret-of-gong
export AIRBYTE_AGENT_GITHUB_TOKEN=token-of-github
export AIRBYTE_AGENT_SLACK_ACCESS_TOKEN=an-invalid-token
export AIRBYTE_AGENT_MCP_TOKEN=a-bearer-token-for-checks
accounts=(--connector gong --connector github --connector slack --via "$sandbox")

"$program" mcp "${accounts[@]}" --http 127.0.0.1:0 --audit "$logs/audit" 2>"$logs/mcp" &
server=$!
http="$(address "$logs/mcp" 'mcp listening on')"

timeout 100 "$venv/bin/python" "$here/python/check.py" "$program" "$sandbox" "$http"
timeout 120 "$venv/bin/python" "$here/python/tasks.py" "$program"
timeout 120 "$venv/bin/python" "$here/program_tasks.py" "$program"
(cd "$node" && timeout 60 node check.mjs "$program" "$sandbox" "$http")

# The inspector complains of schemas that some client refuses, too.
inspect() {
    timeout 30 "$node/node_modules/.bin/mcp-inspector" --cli "$@"
}
header="Authorization: Bearer $AIRBYTE_AGENT_MCP_TOKEN"
for transport in stdio http; do
    if [ "$transport" = stdio ]; then
        # The inspector gives servers only what it is told to.
        site=(-e "AIRBYTE_AGENT_GONG_ACCESS_KEY=$AIRBYTE_AGENT_GONG_ACCESS_KEY"
            -e "AIRBYTE_AGENT_GONG_ACCESS_KEY_SECRET=$AIRBYTE_AGENT_GONG_ACCESS_KEY_SECRET"
            "$program" mcp "${accounts[@]}")
    else
        site=("$http" --transport http --header "$header")
    fi
    inspect "${site[@]}" --quiet --method tools/list --strict >"$logs/list"
    grep -q '"name": "gong"' "$logs/list"
    inspect "${site[@]}" --quiet --method tools/call --tool-name gong \
        --tool-arg entity=users action=list >"$logs/call"
    grep -q '"text": "{' "$logs/call"
    inspect "${site[@]}" --quiet --method resources/read --uri airbyte-agent://gong >"$logs/read"
    grep -q users "$logs/read"
    echo "inspector $transport: ok"
done
for expose in operations connectors search; do
    inspect "$program" mcp --sandbox --expose "$expose" \
        --method tools/list --strict --quiet >"$logs/list"
    echo "inspector, all connectors as $expose: $(grep -c '"inputSchema"' "$logs/list") tools, ok"
done

kill -TERM "$server"
wait "$server"

# Nothing of a secret is in what was written down or said.
if grep -E 'secret-of-gong|token-of-github|an-invalid-token|a-bearer-token' "$logs/audit" "$logs/mcp"; then
    echo "a secret was told" >&2
    exit 1
fi
grep -q '"outcome":"ok"' "$logs/audit"
echo "mcp clients: ok (${SECONDS}s)"
