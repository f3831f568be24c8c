"""How long `airbyte-agent mcp` takes until it has answered `initialize`, and how much memory it holds.

Usage: start.py PROGRAM [RUNS]     (Linux; PROGRAM of `cargo build --release -p airbyte-agent-cli`)
Serves all connectors over standard input and output. Fails above 20 ms (median) or 15 MB resident when
idle; a build without optimisation is no measure.
"""

import json
import os
import statistics
import subprocess
import sys
import time

LONGEST_MS, LARGEST_MB = 20, 15
GREETING = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "start", "version": "1"},
}


def say(server, message):
    server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    server.stdin.flush()


def resident(server):
    """Memory in MB."""
    with open(f"/proc/{server.pid}/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmRSS"].split()[0]) / 1024


def run(program):
    environment = {"PATH": os.environ["PATH"], "AIRBYTE_CONFIG_DIR": "/nonexistent"}
    pipe = subprocess.PIPE
    begun = time.perf_counter()
    server = subprocess.Popen([program, "mcp"], stdin=pipe, stdout=pipe, env=environment)
    say(server, {"id": 1, "method": "initialize", "params": GREETING})
    answer = json.loads(server.stdout.readline())
    spent = (time.perf_counter() - begun) * 1000
    assert answer["result"]["serverInfo"]["name"] == "airbyte-agent", answer
    say(server, {"method": "notifications/initialized"})
    time.sleep(0.2)
    idle = resident(server)
    begun = time.perf_counter()
    say(server, {"id": 2, "method": "tools/list"})
    assert len(json.loads(server.stdout.readline())["result"]["tools"]) == 3
    listed = (time.perf_counter() - begun) * 1000
    query = {"name": "search", "arguments": {"query": "open invoices of a customer"}}
    begun = time.perf_counter()
    say(server, {"id": 3, "method": "tools/call", "params": query})
    assert json.loads(server.stdout.readline())["result"]["isError"] is False
    searched = (time.perf_counter() - begun) * 1000
    used = resident(server)
    server.stdin.close()
    assert server.wait(5) == 0
    return spent, idle, listed, searched, used


def main():
    program = sys.argv[1]
    runs = [run(program) for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 30)]
    names = ["initialize ms", "idle MB", "tools/list ms", "first search ms", "MB after search"]
    for name, values in zip(names, zip(*runs)):
        ordered = sorted(values)
        print(
            f"{name:<16} min {ordered[0]:.1f}  median {statistics.median(ordered):.1f}  "
            f"p90 {ordered[int(len(ordered) * 0.9)]:.1f}  max {ordered[-1]:.1f}"
        )
    print(f"{'program MB':<16} {os.path.getsize(program) / 2**20:.1f}")
    spent, idle = (statistics.median(values) for values in list(zip(*runs))[:2])
    if spent > LONGEST_MS or idle > LARGEST_MB:
        sys.exit(f"over the limit of {LONGEST_MS} ms or {LARGEST_MB} MB")


main()
