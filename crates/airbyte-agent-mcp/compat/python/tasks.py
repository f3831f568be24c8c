"""Ten tasks of an agent through the official Python MCP client, and how many tokens their results take.

Usage: tasks.py PROGRAM
The server has all connectors on its own sandbox and is reached over standard input and output. Every list that is
read to its end is compared with the number of records that the server counts, so nothing is lost on the way.
"""

import asyncio
import json
import os
import re
import statistics
import sys

from mcp import Client, StdioServerParameters

PROGRAM = sys.argv[1]
MOST_IN_MEDIAN = 2_500

# The estimate of the server itself (`tokens.rs`), which is rather too high than too low.
RUNS = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.DOTALL)


def tokens(text):
    sixths = 0
    for run in RUNS.findall(text):
        if run.isspace():
            sixths += 6 + len(run) - 1 if run.strip(" ") else len(run) - 1
        elif run.isdigit():
            sixths += 6 * -(-len(run) // 3)
        elif run.isalpha() and run.isascii():
            humps = sum(b.isupper() and not a.isupper() for a, b in zip(run, run[1:]))
            if len(run) < 4 * humps:
                sixths += 5 * len(run)
            else:
                sixths += 6 + 6 * humps + 2 * max(len(run) - 8, 0)
        elif run.isalpha():
            sixths += 6 * len(run)
        else:
            sixths += 6 if run.isascii() else 11
    return -(-sixths // 6)


class Agent:
    """Calls tools, and keeps the tokens of what comes back."""

    def __init__(self, client):
        self.client = client
        self.results = []
        self.cursors = []

    async def call(self, tool, **arguments):
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, (tool, arguments, result)
        assert result.structured_content is None, "a result in two forms"
        text = result.content[0].text
        self.results.append(tokens(text))
        return text

    async def find(self, query, connector, entity, action):
        found = await self.call("search", query=query)
        assert f"{connector} {entity}.{action}(" in found, (query, found)
        return await self.call("describe", connector=connector, entity=entity, action=action)

    async def run(self, connector, entity, action, params=None, **controls):
        text = await self.call(
            "execute", connector=connector, entity=entity, action=action, params=params or {}, **controls
        )
        result = json.loads(text)
        if "next_cursor" in result:
            self.cursors.append(tokens(result["next_cursor"]))
        return result

    async def pages(self, connector, entity, action, params=None, most=100, **controls):
        """The records of up to so many pages, by cursors; whether the list has ended."""
        records, cursor = [], {}
        for _ in range(most):
            result = await self.run(connector, entity, action, params, **controls, **cursor)
            records += result["data"]
            if "next_cursor" not in result:
                return records, True
            cursor = {"cursor": result["next_cursor"]}
        return records, False


REPOSITORY = {"owner": "airbytehq", "repo": "airbyte"}


async def newest_customers(agent):
    await agent.find("newest customers in stripe", "stripe", "customers", "list")
    result = await agent.run("stripe", "customers", "list", max_records=3, fields=["id", "email"])
    assert len(result["data"]) == 3 and set(result["data"][0]) == {"id", "email"}


async def how_many_customers(agent):
    counted = (await agent.run("stripe", "customers", "list", count_only=True))["data"]["count"]
    records, ended = await agent.pages("stripe", "customers", "list", fields=["id"], max_records=100)
    assert ended and len({record["id"] for record in records}) == len(records) == counted


async def open_issues(agent):
    await agent.find("open issues of a github repository", "github", "issues", "list")
    params = {**REPOSITORY, "states": ["OPEN"]}
    records, _ = await agent.pages("github", "issues", "list", params, most=2)
    assert len({record["id"] for record in records}) == len(records) >= 20
    first = await agent.run("github", "issues", "get", {**REPOSITORY, "number": records[0]["number"]})
    assert first["data"]["title"] == records[0]["title"]


async def a_message(agent):
    channels = await agent.run("slack", "channels", "list", fields=["id", "name"], max_records=10)
    await agent.find("send a message to a slack channel", "slack", "messages", "create")
    params = {"channel": channels["data"][0]["id"], "text": "Hello"}
    shown = await agent.call(
        "execute", connector="slack", entity="messages", action="create", params=params, dry_run=True
    )
    assert "POST" in shown and "Hello" in shown, shown
    sent = await agent.run("slack", "messages", "create", params)
    assert sent["data"], sent


async def contacts(agent):
    await agent.find("list contacts in hubspot", "hubspot", "contacts", "list")
    records, _ = await agent.pages("hubspot", "contacts", "list", most=3)
    assert len({record["id"] for record in records}) == len(records) == 60


async def all_campaigns(agent):
    counted = (await agent.run("mailchimp", "campaigns", "list", count_only=True))["data"]["count"]
    records, ended = await agent.pages("mailchimp", "campaigns", "list", fields=["id", "status"])
    assert ended and len({record["id"] for record in records}) == len(records) == counted


async def tickets(agent):
    records, _ = await agent.pages("zendesk-support", "tickets", "list", most=2)
    fields = ["id", "subject", "status"]
    one = await agent.run("zendesk-support", "tickets", "get", {"ticket_id": records[0]["id"]}, fields=fields)
    assert one["data"]["id"] == records[0]["id"]


async def a_table(agent):
    text = await agent.call(
        "execute", connector="linear", entity="issues", action="list", params={}, format="tsv",
        fields=["id", "title", "state.name"], max_records=40,
    )
    lines = text.split("\n\n")[0].split("\n")
    assert lines[0] == "id\ttitle\tstate.name" and len(lines) == 41, text


async def files(agent):
    await agent.find("files in google drive", "google-drive", "files", "list")
    found = await agent.run("google-drive", "files", "list")
    one = await agent.run("google-drive", "files", "get", {"fileId": found["data"][0]["id"]})
    assert one["data"]["name"] == found["data"][0]["name"]


async def conversations(agent):
    await agent.find("conversations in intercom", "intercom", "conversations", "list")
    records, _ = await agent.pages("intercom", "conversations", "list", most=2, fields=["id", "title", "state"])
    assert len({record["id"] for record in records}) == len(records)


TASKS = [
    newest_customers,
    how_many_customers,
    open_issues,
    a_message,
    contacts,
    all_campaigns,
    tickets,
    a_table,
    files,
    conversations,
]


async def main():
    server = StdioServerParameters(command=PROGRAM, args=["mcp", "--sandbox"], env=dict(os.environ))
    results, totals, cursors = [], [], []
    async with Client(server) as client:
        for task in TASKS:
            agent = Agent(client)
            try:
                await asyncio.wait_for(task(agent), 60)
            except BaseException:
                print(f"FAILED: {task.__name__}", flush=True)
                raise
            results += agent.results
            totals.append(sum(agent.results))
            cursors += agent.cursors
            print(f"{task.__name__}: {len(agent.results)} results, {totals[-1]} tokens", flush=True)
    median = statistics.median(results)
    print(
        f"ten tasks: {len(results)} results, {sum(results)} tokens; median {median:.0f} of a result, "
        f"{max(results)} at most, {statistics.median(totals):.0f} of a task; "
        f"{len(cursors)} cursors, {sum(cursors)} tokens, {statistics.median(cursors):.0f} in the median"
    )
    assert median <= MOST_IN_MEDIAN, median


asyncio.run(main())
