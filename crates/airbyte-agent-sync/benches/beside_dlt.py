#!/usr/bin/env python3
"""Rows per second of `airbyte-agent sync` beside dlt, in one run on the same server of this machine.

    python3 beside_dlt.py --program target/dist/airbyte-agent [--rows 200000] [--python PYTHON_WITH_DLT]

Without --python, an environment is made in a temporary folder and dlt is installed there.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from loopback import Vendor, spec

DLT = """
import sys, time
import dlt
from dlt.sources.rest_api import rest_api_source
url, destination, path, kind = sys.argv[1:]
source = rest_api_source({
    "client": {"base_url": url, "paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "page"}},
    "resources": [{"name": kind, "primary_key": "id", "write_disposition": "merge",
                   "endpoint": {"path": kind, "data_selector": "data"}}],
})
if destination == "duckdb":
    to = dlt.destinations.duckdb(path)
else:
    to = dlt.destinations.sqlalchemy("sqlite:///" + path)
pipeline = dlt.pipeline("bench", destination=to, dataset_name="main", pipelines_dir=path + ".pipelines")
started = time.perf_counter()
pipeline.run(source)
print("SECONDS", time.perf_counter() - started)
with pipeline.sql_client() as client:
    print("ROWS", client.execute_sql("SELECT count(*) FROM " + client.make_qualified_table_name(kind))[0][0])
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--python")
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="beside-dlt-"))
    python = args.python
    if not python:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = str(folder / "venv/bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "dlt[duckdb,sqlalchemy]"], check=True)
    kind = "invoices"
    vendor = Vendor({kind: args.rows})
    (folder / "spec.yaml").write_text(spec("billing", kind, vendor.url))
    env = {**os.environ, "AIRBYTE_CONFIG_DIR": str(folder / "home"), "HOME": str(folder),
           "RUNTIME__DLTHUB_TELEMETRY": "false"}
    rates = {}
    started = time.perf_counter()
    done = subprocess.run(
        [args.program, "sync", "--spec", folder / "spec.yaml", "--via", vendor.url, "--credentials", '{"token": "x"}',
         "--store", folder / "records.db", "--output", "json"],
        env=env, capture_output=True, text=True)
    took = time.perf_counter() - started
    if done.returncode:
        sys.exit(done.stderr)
    entity = json.loads(done.stdout)["data"][0]
    assert entity["rows"] == args.rows, entity
    rates["airbyte-agent into SQLite"] = args.rows / took
    for destination in ["duckdb", "sqlite"]:
        done = subprocess.run([python, "-c", DLT, vendor.url, destination, str(folder / f"dlt.{destination}"), kind],
                              env=env, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        found = dict(line.split() for line in done.stdout.splitlines() if line.startswith(("SECONDS", "ROWS")))
        assert int(found["ROWS"]) == args.rows, found
        rates[f"dlt into {destination}"] = args.rows / float(found["SECONDS"])
    own = rates["airbyte-agent into SQLite"]
    for name, rate in rates.items():
        print(f"{name:30} {rate:10.0f} rows/s   ratio {own / rate:5.1f}")


if __name__ == "__main__":
    main()
