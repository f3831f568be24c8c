#!/usr/bin/env bash
# The protocol's public conformance suite against `airbyte-agent mcp`: the scenarios that need no tools made for
# the suite. Needs Node 22 or later and the package registry; makes its environment under target/.
set -euo pipefail
cd "$(dirname "$0")/../../.."

target="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
program="${AIRBYTE_AGENT:-$target/debug/airbyte-agent}"
version=0.2.0-alpha.12
suite="$target/mcp-compat/conformance-$version"
if [ ! -d "$suite/node_modules" ]; then
    mkdir -p "$suite"
    npm install --prefix "$suite" --silent --no-audit --no-fund --ignore-scripts \
        "@modelcontextprotocol/conformance@$version"
fi

logs="$(mktemp -d)"
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$logs"' EXIT
"$program" mcp --sandbox --connector gong --http 127.0.0.1:0 2>"$logs/mcp" &
for _ in $(seq 100); do
    url="$(grep -o 'http://[^ ]*' "$logs/mcp" || true)"
    [ -n "$url" ] && break
    sleep 0.1
done

# Checks that only a server with the suite's own tools can pass.
untestable='sep-2575-server-rejects-undeclared-capability|sep-2575-missing-capability-http-400'
scenarios=(
    server-initialize:2025-11-25 server-session-lifecycle:2025-11-25 ping:2025-11-25
    completion-complete:2025-11-25 tools-list:2025-11-25 resources-list:2025-11-25
    prompts-list:2025-11-25 tools-call-error:2025-11-25 server-sse-multiple-streams:2025-11-25
    dns-rebinding-protection:2025-11-25
    server-stateless:2026-07-28 completion-complete:2026-07-28 tools-list:2026-07-28
    resources-list:2026-07-28 prompts-list:2026-07-28 tools-call-error:2026-07-28
    server-sse-multiple-streams:2026-07-28 sep-2164-resource-not-found:2026-07-28
    dns-rebinding-protection:2026-07-28 caching:2026-07-28 http-header-validation:2026-07-28
    input-required-result-unsupported-methods:2026-07-28
    input-required-result-ignore-extra-params:2026-07-28
)
passed=0
failed=0
for scenario in "${scenarios[@]}"; do
    timeout 60 node "$suite/node_modules/@modelcontextprotocol/conformance/dist/index.js" server \
        --url "$url" --scenario "${scenario%%:*}" --spec-version "${scenario##*:}" \
        >"$logs/out" 2>&1 || true
    good="$(grep -c 'SUCCESS' "$logs/out" || true)"
    bad="$(grep -E 'FAILURE|WARNING' "$logs/out" | grep -vcE "$untestable" || true)"
    if [ "$bad" != 0 ] || [ "$good" = 0 ]; then
        echo "$scenario: $good passed, $bad failed"
        grep -E 'FAILURE|WARNING|Error:' "$logs/out" | grep -vE "$untestable" || tail -5 "$logs/out"
        failed=$((failed + 1))
    fi
    passed=$((passed + good))
done
echo "conformance: ${#scenarios[@]} scenarios, $passed checks passed, $failed scenarios failed"
[ "$failed" = 0 ]
