#!/usr/bin/env python3
"""A store of 1,000,000 rows over three connectors: how fast it answers, how large it is, and what memory its sync takes.

    python3 million.py --program target/dist/airbyte-agent [--rows 1000000]

Times are those of the program from its start to its end, medians of 9 runs, without the time of `SELECT 1`.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from loopback import WORDS, Vendor, spec

JOIN = """SELECT c.name, i.amount, t.note FROM crm_customers c
JOIN billing_invoices i ON i.customer = c.id JOIN desk_tickets t ON t.customer = c.id
WHERE c.id = 'cus_00001234' AND i.status = 'overdue'"""
WIDE = """SELECT c.name, count(*) AS n FROM billing_invoices i JOIN crm_customers c ON c.id = i.customer
WHERE i.amount > 999000 AND i.status = 'overdue' GROUP BY c.name ORDER BY n DESC LIMIT 20"""
AGGREGATE = "SELECT status, count(*), sum(amount) FROM billing_invoices GROUP BY status LIMIT 1"


def anonymous(pid):
    """Memory of a process that is its own, in MiB: without the pages of files that it has mapped."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def run(command, env):
    """Seconds, and the most memory in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    most, ended = [0.0], threading.Event()

    def watch():
        while not ended.wait(0.05):
            most[0] = max(most[0], anonymous(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = process.communicate()
    took = time.perf_counter() - started
    ended.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{command}: {err}{out}")
    return took, most[0], out


class Server:
    """An MCP server on standard input and output, which stays between the questions."""

    def __init__(self, command, env):
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.number, self.first = 0, None
        about = {"name": "bench", "version": "1"}
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about})
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.number:
                if "error" in answer or answer["result"].get("isError"):
                    sys.exit(str(answer))
                return answer["result"]

    def median(self, tool, arguments):
        times = []
        for _ in range(9):
            started = time.perf_counter()
            self.ask("tools/call", {"name": tool, "arguments": arguments})
            times.append(time.perf_counter() - started)
            self.first = self.first or times[0]
        return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="million-"))
    parts = [("crm", "customers", 4), ("billing", "invoices", 4), ("desk", "tickets", 2)]
    vendor = Vendor({kind: args.rows * share // 10 for _, kind, share in parts})
    env = {**os.environ, "AIRBYTE_CONFIG_DIR": str(folder / "home"), "HOME": str(folder)}
    store = folder / "records.db"
    for number, (name, kind, share) in enumerate(parts):
        (folder / f"{name}.yaml").write_text(spec(name, kind, vendor.url, number + 1))
        took, memory, _ = run(
            [args.program, "sync", "--spec", folder / f"{name}.yaml", "--via", vendor.url, "--credentials",
             '{"token": "x"}', "--store", store, "--output", "json"], env)
        rows = args.rows * share // 10
        print(f"sync of {rows} {kind}: {took:.1f} s, {rows / took:.0f} rows/s, {memory:.0f} MiB at most")
    size = sum(file.stat().st_size for file in folder.glob("records.db*"))
    print(f"file {size / 1e6:.0f} MB, raw JSON {vendor.bytes / 1e6:.0f} MB, ratio {size / vendor.bytes:.2f}")

    def median(command):
        times = [run(command, env)[0] for _ in range(9)]
        return statistics.median(times)

    sql = lambda query: [args.program, "sql", query, "--store", store, "--offline", "--output", "json"]
    nothing = median(sql("SELECT 1"))
    print(f"the program with SELECT 1: {nothing * 1000:.1f} ms")
    for name, query in [("join with a key and a filter", JOIN), ("join of all rows with a filter", WIDE),
                        ("first row of an aggregate", AGGREGATE)]:
        print(f"{name}: {(median(sql(query)) - nothing) * 1000:.1f} ms")
    accounts = "".join(
        f'[accounts.{name}]\nspec = "{folder / name}.yaml"\ncredentials = {{ token = "x" }}\n' for name, _, _ in parts)
    (folder / "mcp.toml").write_text(accounts)
    server = Server([args.program, "mcp", "--config", folder / "mcp.toml", "--store", store], env)
    for words in [WORDS[15_000], f"{WORDS[400]} {WORDS[900]}", f"{WORDS[0]} {WORDS[1]}"]:
        print(f"search for '{words}': {server.median('search_records', {'query': words}) * 1000:.1f} ms")
    print(f"first search without a median: {server.first * 1000:.1f} ms")


if __name__ == "__main__":
    main()
