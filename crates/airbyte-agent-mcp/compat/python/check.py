"""The official Python MCP client against `airbyte-agent mcp`, over both transports.

Usage: check.py PROGRAM SANDBOX-URL HTTP-URL
The server at HTTP-URL wants the token of AIRBYTE_AGENT_MCP_TOKEN; credentials are in the environment.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
import urllib.request
from contextlib import asynccontextmanager

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

PROGRAM, SANDBOX, HTTP = sys.argv[1:4]
TOKEN = os.environ["AIRBYTE_AGENT_MCP_TOKEN"]
ACCOUNTS = ["--connector", "gong", "--connector", "github", "--connector", "slack", "--via", SANDBOX]
LIST = {"entity": "users", "action": "list"}


def inject(connector, fault, times=1):
    """Lets the next requests to a vendor meet a fault."""
    body = json.dumps({"match": {"connector": connector}, "times": times, "fault": fault})
    request = urllib.request.Request(f"{SANDBOX}/_sandbox/faults", body.encode(), method="POST")
    urllib.request.urlopen(request).close()


def heal():
    request = urllib.request.Request(f"{SANDBOX}/_sandbox/faults", method="DELETE")
    urllib.request.urlopen(request).close()


def program(*args, pid_file=None):
    """The server as a program; its process id goes into `pid_file`."""
    line = [PROGRAM, "mcp", *ACCOUNTS, *args]
    if pid_file:
        line = ["sh", "-c", f'echo $$ > "{pid_file}"; exec "$@"', "sh", *line]
    return StdioServerParameters(command=line[0], args=line[1:], env=dict(os.environ))


@asynccontextmanager
async def over_http(mode):
    async with httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {TOKEN}"}, timeout=httpx2.Timeout(30)
    ) as http:
        transport = streamable_http_client(HTTP, http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


@asynccontextmanager
async def over_stdio(mode):
    async with Client(program(), mode=mode) as client:
        yield client


async def initialize(client):
    assert client.server_info.name == "airbyte-agent", client.server_info
    assert "Gong" in client.instructions and len(client.instructions) < 600
    capabilities = client.server_capabilities
    assert capabilities.tools and capabilities.resources and capabilities.prompts


async def tools(client):
    listed = (await client.list_tools()).tools
    assert [tool.name for tool in listed] == ["gong", "github", "slack"], listed
    for tool in listed:
        assert tool.input_schema["type"] == "object" and tool.description and tool.title
        assert tool.annotations.open_world_hint is True
    assert listed[1].annotations.read_only_hint is False


async def call(client):
    result = await client.call_tool("gong", LIST)
    assert not result.is_error, result
    assert len(json.loads(result.content[0].text)["data"]) > 0
    assert result.structured_content is None
    text = {**LIST, "format": "tsv", "fields": ["id"]}
    assert not (await client.call_tool("gong", text)).is_error


async def errors(client):
    result = await client.call_tool("gong", {"entity": "usrs", "action": "list"})
    assert result.is_error and "users" in result.content[0].text, result
    assert result.structured_content["error"] == "validation"
    result = await client.call_tool("github", {"entity": "issues", "action": "get", "params": {}})
    assert result.is_error and "owner" in result.content[0].text, result
    # The credentials of this account hold the word that the sandbox refuses.
    result = await client.call_tool("slack", {"entity": "channels", "action": "list"})
    assert result.is_error and result.structured_content["operator_problem"] is True, result
    result = await client.call_tool("nothing", {})
    assert result.is_error and "gong" in result.content[0].text, result


async def progress(client):
    told = []

    async def listen(count, total, message):
        told.append((count, total, message))

    result = await client.call_tool("gong", LIST, progress_callback=listen)
    assert not result.is_error
    await asyncio.sleep(0.1)
    assert told and told[0][0] > 0 and "record" in told[0][2], told


async def cancel(client):
    inject("gong", {"slow": {"ms": 4000}})
    try:
        begun = time.monotonic()
        task = asyncio.create_task(client.call_tool("gong", LIST))
        await asyncio.sleep(0.4)
        task.cancel()
        try:
            await task
            raise AssertionError("the call was not cancelled")
        except asyncio.CancelledError:
            pass
        assert not (await client.call_tool("gong", LIST)).is_error
        assert time.monotonic() - begun < 4, "the server was busy with a cancelled call"
    finally:
        heal()


async def resources(client):
    listed = (await client.list_resources()).resources
    uris = [str(resource.uri) for resource in listed]
    assert "airbyte-agent://gong" in uris and "airbyte-agent://gong/users" in uris, uris
    for uri in [uris[0], "airbyte-agent://github/issues/list"]:
        contents = (await client.read_resource(uri)).contents
        assert len(contents[0].text) > 40, uri
    templates = (await client.list_resource_templates()).resource_templates
    assert len(templates) == 4
    try:
        await client.read_resource("airbyte-agent://nobody")
        raise AssertionError("there is a reference of nobody")
    except MCPError:
        pass


async def prompts(client):
    listed = (await client.list_prompts()).prompts
    assert listed and all(prompt.description for prompt in listed)
    prompt = await client.get_prompt(listed[0].name, {"details": "of last week"})
    assert "of last week" in prompt.messages[0].content.text


async def many(client):
    async def one(number):
        if number % 5 == 4:
            result = await client.call_tool("gong", {"entity": f"nothing{number}", "action": "list"})
            assert result.is_error and f"nothing{number}" in result.content[0].text
        else:
            result = await client.call_tool("gong", LIST)
            assert not result.is_error, result

    await asyncio.gather(*(one(number) for number in range(50)))


STEPS = [initialize, tools, call, errors, progress, cancel, resources, prompts, many]


async def read_only():
    """A server that may only read refuses the rest, whatever a call says."""
    async with Client(program("--read-only")) as client:
        for more in [{}, {"read_only": False}, {"account": "github"}]:
            arguments = {
                "entity": "issues",
                "action": "create",
                "params": {"owner": "o", "repo": "r", "title": "t"},
                **more,
            }
            result = await client.call_tool("github", arguments)
            assert result.is_error and result.structured_content["error"] == "not_permitted", result
        for tool in (await client.list_tools()).tools:
            assert tool.annotations.read_only_hint is True


async def server_dies():
    """A server that is killed in mid-call is noticed at once."""
    inject("gong", {"slow": {"ms": 4000}})
    try:
        with tempfile.TemporaryDirectory() as folder:
            pid_file = os.path.join(folder, "pid")
            async with Client(program(pid_file=pid_file), mode="legacy") as client:
                task = asyncio.create_task(client.call_tool("gong", LIST))
                await asyncio.sleep(0.5)
                with open(pid_file) as file:
                    os.kill(int(file.read()), signal.SIGKILL)
                try:
                    await asyncio.wait_for(task, 5)
                    raise AssertionError("the call came back")
                except MCPError:
                    pass
    finally:
        heal()


async def client_dies():
    """A server whose client is gone in mid-call ends by itself."""
    inject("gong", {"slow": {"ms": 8000}})
    try:
        line = [PROGRAM, "mcp", *ACCOUNTS]
        server = await asyncio.create_subprocess_exec(
            *line, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        greeting = {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "dying", "version": "1"},
        }
        for message in [
            {"id": 1, "method": "initialize", "params": greeting},
            {"method": "notifications/initialized"},
            {"id": 2, "method": "tools/call", "params": {"name": "gong", "arguments": LIST}},
        ]:
            server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        await server.stdin.drain()
        await server.stdout.readline()
        await asyncio.sleep(0.3)
        server.stdin.close()
        assert await asyncio.wait_for(server.wait(), 10) == 0
    finally:
        heal()


async def client_dies_over_http():
    """A client that is killed in mid-call disturbs nobody else."""
    inject("gong", {"slow": {"ms": 4000}})
    try:
        dying = await asyncio.create_subprocess_exec(
            sys.executable, __file__, PROGRAM, SANDBOX, HTTP, "hang", stdout=asyncio.subprocess.PIPE
        )
        await asyncio.wait_for(dying.stdout.readline(), 10)
        await asyncio.sleep(0.3)
        dying.kill()
        await dying.wait()
        begun = time.monotonic()
        async with over_http("auto") as client:
            assert not (await client.call_tool("gong", LIST)).is_error
        assert time.monotonic() - begun < 3
    finally:
        heal()


async def hang():
    """Calls and waits, to be killed."""
    async with over_http("legacy") as client:
        print("calling", flush=True)
        await client.call_tool("gong", LIST)


async def refused():
    """Without the token nothing is answered."""
    for token in ["", "wrong-token-of-some-length"]:
        try:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(10)) as http:
                async with Client(streamable_http_client(HTTP, http_client=http), mode="legacy"):
                    raise AssertionError("it was answered")
        except AssertionError:
            raise
        except BaseException as error:  # a group of errors, as anyio makes them
            assert "answered" not in repr(error), error


async def main():
    count = 0
    for name, connect in [("stdio", over_stdio), ("http", over_http)]:
        for mode in ["legacy", "auto"]:
            async with connect(mode) as client:
                for step in STEPS:
                    try:
                        await asyncio.wait_for(step(client), 30)
                    except BaseException:
                        print(f"FAILED: {step.__name__} over {name}, {mode}", flush=True)
                        raise
                    count += 1
                print(f"python {name} {mode} ({client.protocol_version}): ok", flush=True)
    for step in [read_only, server_dies, client_dies, client_dies_over_http, refused]:
        await asyncio.wait_for(step(), 30)
        count += 1
        print(f"python {step.__name__}: ok", flush=True)
    print(f"{count} passed, 0 failed")


asyncio.run(hang() if sys.argv[4:] == ["hang"] else main())
