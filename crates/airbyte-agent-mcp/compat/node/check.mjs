// The official TypeScript MCP client against `airbyte-agent mcp`, over both transports.
//
// Usage: node check.mjs PROGRAM SANDBOX-URL HTTP-URL, beside a node_modules with the packages.
// The server at HTTP-URL wants the token of AIRBYTE_AGENT_MCP_TOKEN; credentials are in the
// environment.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [PROGRAM, SANDBOX, HTTP] = process.argv.slice(2);
const TOKEN = process.env.AIRBYTE_AGENT_MCP_TOKEN;
const LIST = { entity: "users", action: "list" };
const ACCOUNTS = ["gong", "github", "slack"].flatMap((name) => ["--connector", name]);

async function inject(fault, times = 1) {
  const body = JSON.stringify({ match: { connector: "gong" }, times, fault });
  const answer = await fetch(`${SANDBOX}/_sandbox/faults`, { method: "POST", body });
  assert.equal(answer.status, 204);
}

const heal = () => fetch(`${SANDBOX}/_sandbox/faults`, { method: "DELETE" });

function stdio() {
  const args = ["mcp", ...ACCOUNTS, "--via", SANDBOX];
  return new StdioClientTransport({ command: PROGRAM, args, env: process.env });
}

function http() {
  const headers = { Authorization: `Bearer ${TOKEN}` };
  return new StreamableHTTPClientTransport(new URL(HTTP), { requestInit: { headers } });
}

async function open(transport) {
  const client = new Client({ name: "check", version: "1" });
  await client.connect(transport);
  return client;
}

const call = (client, name, args, options) =>
  client.callTool({ name, arguments: args }, undefined, options);

const steps = {
  async initialize(client) {
    assert.equal(client.getServerVersion().name, "airbyte-agent");
    assert.match(client.getInstructions(), /Gong/);
    const capabilities = client.getServerCapabilities();
    for (const name of ["tools", "resources", "prompts", "completions"]) {
      assert.ok(capabilities[name], name);
    }
    await client.ping();
  },
  async tools(client) {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name), ["gong", "github", "slack"]);
    for (const tool of tools) {
      assert.equal(tool.inputSchema.type, "object");
      assert.equal(tool.annotations.openWorldHint, true);
    }
  },
  async call(client) {
    const result = await call(client, "gong", LIST);
    assert.ok(!result.isError, JSON.stringify(result));
    assert.ok(JSON.parse(result.content[0].text).data.length > 0);
    assert.equal(result.structuredContent, undefined);
  },
  async errors(client) {
    let result = await call(client, "gong", { entity: "usrs", action: "list" });
    assert.ok(result.isError);
    assert.match(result.content[0].text, /users/);
    result = await call(client, "slack", { entity: "channels", action: "list" });
    assert.equal(result.structuredContent.operator_problem, true);
    result = await call(client, "nothing", {});
    assert.ok(result.isError);
    await assert.rejects(client.readResource({ uri: "airbyte-agent://nobody" }));
    await assert.rejects(client.getPrompt({ name: "nothing" }));
  },
  async progress(client) {
    // This client drops a notification that it reads together with the response, so the call has to
    // read on for a while after the first page.
    await inject({ slow: { ms: 300 } }, 3);
    const told = [];
    const onprogress = (news) => told.push(news);
    const result = await call(client, "gong", { ...LIST, max_records: 250 }, { onprogress });
    await heal();
    assert.ok(!result.isError);
    assert.ok(told.length > 0 && told[0].progress > 0, JSON.stringify(told));
  },
  async cancel(client) {
    await inject({ slow: { ms: 4000 } });
    const begun = performance.now();
    const stop = new AbortController();
    const slow = call(client, "gong", LIST, { signal: stop.signal });
    await sleep(400);
    stop.abort("enough");
    await assert.rejects(slow);
    assert.ok(!(await call(client, "gong", LIST)).isError);
    assert.ok(performance.now() - begun < 4000);
    await heal();
  },
  async timeout(client) {
    await inject({ slow: { ms: 4000 } });
    await assert.rejects(call(client, "gong", LIST, { timeout: 300 }));
    await heal();
    assert.ok(!(await call(client, "gong", LIST)).isError);
  },
  async resources(client) {
    const { resources } = await client.listResources();
    assert.ok(resources.some((resource) => resource.uri === "airbyte-agent://gong/users"));
    const { contents } = await client.readResource({ uri: "airbyte-agent://gong/users/list" });
    assert.ok(contents[0].text.length > 20);
    const { resourceTemplates } = await client.listResourceTemplates();
    const { completion } = await client.complete({
      ref: { type: "ref/resource", uri: resourceTemplates[1].uriTemplate },
      argument: { name: "entity", value: "use" },
      context: { arguments: { connector: "gong" } },
    });
    assert.ok(completion.values.includes("users"));
  },
  async prompts(client) {
    const { prompts } = await client.listPrompts();
    const [first] = prompts;
    const prompt = await client.getPrompt({ name: first.name, arguments: { details: "today" } });
    assert.match(prompt.messages[0].content.text, /today/);
  },
  async many(client) {
    const calls = Array.from({ length: 50 }, async (_, number) => {
      const entity = number % 5 === 4 ? `nothing${number}` : "users";
      const result = await call(client, "gong", { entity, action: "list" });
      assert.equal(result.isError === true, entity !== "users");
      if (result.isError) assert.match(result.content[0].text, new RegExp(entity));
    });
    await Promise.all(calls);
  },
};

async function serverDies() {
  await inject({ slow: { ms: 4000 } });
  const transport = stdio();
  const client = await open(transport);
  const slow = call(client, "gong", LIST);
  await sleep(500);
  process.kill(transport.pid, "SIGKILL");
  await assert.rejects(slow);
  await heal();
}

let count = 0;
for (const [name, connect] of Object.entries({ stdio, http })) {
  const transport = connect();
  const client = await open(transport);
  for (const [step, run] of Object.entries(steps)) {
    try {
      await run(client);
    } catch (error) {
      console.error(`FAILED: ${step} over ${name}`);
      throw error;
    }
    count += 1;
  }
  await transport.terminateSession?.();
  await client.close();
  console.log(`typescript ${name}: ok`);
}
await serverDies();
count += 1;
console.log("typescript serverDies: ok");
console.log(`${count} passed, 0 failed`);
process.exit(0);
