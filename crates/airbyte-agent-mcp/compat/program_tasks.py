"""How many tokens the results of twenty tasks take that need several calls: made one by one, and by programs.

Usage: program_tasks.py PROGRAM     (PROGRAM of `cargo build -p airbyte-agent-cli`)
The tasks and their right answers are those of `batch_tasks.py`. Here each is done once more by a program in the way in
which a model would write it, which the tool `program` runs. What the model reads then is the result of that tool, and
what it writes is the program; both are counted, beside the results of the single calls. Ends with an error where an
answer is wrong or programs save less than half.
"""

import json
import statistics
import sys

from batch_tasks import ANSWERS, TASKS, Reader, Server, estimate

PROGRAMS = {
    "open_invoices": """
const {data} = await execute({connector: "stripe", entity: "invoices", action: "list", fields: ["status", "amount_due"]});
return data.filter(i => i.status == "open").reduce((sum, i) => sum + (i.amount_due ?? 0), 0)""",
    "tickets_by_status": """
const {data} = await execute({connector: "zendesk-support", entity: "tickets", action: "list", fields: ["status"]});
const counts = {};
for (const t of data) counts[t.status] = (counts[t.status] ?? 0) + 1;
return counts""",
    "largest_balances": """
const {data} = await execute({connector: "stripe", entity: "customers", action: "list", fields: ["id", "name", "balance"]});
data.sort((a, b) => (b.balance ?? 0) - (a.balance ?? 0));
return data.slice(0, 5).map(c => [c.id, c.name, c.balance])""",
    "addresses_in_both": """
const [users, customers] = await Promise.all([
  execute({connector: "gong", entity: "users", action: "list", fields: ["emailAddress"]}),
  execute({connector: "orb", entity: "customers", action: "list", fields: ["email"]})]);
const known = new Set(users.data.map(u => u.emailAddress));
return new Set(customers.data.map(c => c.email).filter(e => known.has(e))).size""",
    "callers": """
const {data} = await execute({connector: "gong", entity: "calls", action: "list", fields: ["title", "primaryUserId"], max_records: 5});
const found = {};
await Promise.all(data.map(async call => {
  const user = await execute({connector: "gong", entity: "users", action: "get", params: {id: call.primaryUserId}, fields: ["emailAddress"]});
  found[call.title] = user.data.emailAddress;
}));
return found""",
    "overview": """
const places = ["stripe customers", "hubspot deals", "gong calls", "linear issues", "slack channels", "orb invoices"];
const counts = await Promise.all(places.map(p => {
  const [connector, entity] = p.split(" ");
  return execute({connector, entity, action: "list", count_only: true});
}));
return Object.fromEntries(places.map((p, n) => [p, counts[n].data.count]))""",
    "names_of_eight": """
const {data} = await execute({connector: "stripe", entity: "customers", action: "list", fields: ["id"], max_records: 8});
const found = await Promise.all(data.map(c => execute({connector: "stripe", entity: "customers", action: "get", params: {id: c.id}, fields: ["id", "name"]})));
return Object.fromEntries(found.map(r => [r.data.id, r.data.name ?? null]))""",
    "calls_by_direction": """
const {data} = await execute({connector: "gong", entity: "calls", action: "list", fields: ["direction", "duration"]});
const seconds = {};
for (const c of data) seconds[c.direction] = (seconds[c.direction] ?? 0) + (c.duration ?? 0);
return seconds""",
    "accounts_by_country": """
const {data} = await execute({connector: "salesforce", entity: "accounts", action: "list", fields: ["BillingCountry"]});
const counts = {};
for (const a of data) counts[a.BillingCountry ?? null] = (counts[a.BillingCountry ?? null] ?? 0) + 1;
return counts""",
    "away_admins": """
const {data} = await execute({connector: "intercom", entity: "admins", action: "list", fields: ["away_mode_enabled"]});
return data.filter(a => a.away_mode_enabled).length""",
    "conversations_by_state": """
const {data} = await execute({connector: "intercom", entity: "conversations", action: "list", fields: ["state", "open"]});
const counts = {};
for (const c of data.filter(c => c.open)) counts[c.state ?? null] = (counts[c.state ?? null] ?? 0) + 1;
return counts""",
    "unpaid_customers": """
const [invoices, customers] = await Promise.all([
  execute({connector: "stripe", entity: "invoices", action: "list", fields: ["customer", "amount_remaining"]}),
  execute({connector: "stripe", entity: "customers", action: "list", fields: ["id", "name"]})]);
const owed = new Map();
for (const i of invoices.data) owed.set(i.customer, (owed.get(i.customer) ?? 0) + (i.amount_remaining ?? 0));
const names = new Map(customers.data.map(c => [c.id, c.name]));
return [...owed].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([id, sum]) => [names.get(id) ?? null, sum])""",
    "emails_sent": """
const {data} = await execute({connector: "mailchimp", entity: "campaigns", action: "list", fields: ["status", "emails_sent"]});
const sent = {};
for (const c of data) sent[c.status ?? null] = (sent[c.status ?? null] ?? 0) + (c.emails_sent ?? 0);
return sent""",
    "closed_jobs": """
const {data} = await execute({connector: "greenhouse", entity: "jobs", action: "list", fields: ["status", "confidential"]});
const counts = {};
for (const j of data.filter(j => !j.confidential)) counts[j.status ?? null] = (counts[j.status ?? null] ?? 0) + 1;
return counts""",
    "cancelled_orders": """
const {data} = await execute({connector: "shopify", entity: "orders", action: "list", fields: ["cancelled_at"]});
return data.filter(o => o.cancelled_at).length""",
    "subscriptions_by_status": """
const count = async connector => {
  const {data} = await execute({connector, entity: "subscriptions", action: "list", fields: ["status"]});
  const counts = {};
  for (const s of data) counts[s.status ?? null] = (counts[s.status ?? null] ?? 0) + 1;
  return counts;
};
return {orb: await count("orb"), stripe: await count("stripe")}""",
    "archived_channels": """
const {data} = await execute({connector: "slack", entity: "channels", action: "list", fields: ["name", "is_archived", "is_private"]});
return data.filter(c => c.is_private && !c.is_archived).map(c => c.name).sort().slice(0, 5)""",
    "file_types": """
const {data} = await execute({connector: "google-drive", entity: "files", action: "list", fields: ["mimeType"]});
const counts = {};
for (const f of data) counts[f.mimeType ?? null] = (counts[f.mimeType ?? null] ?? 0) + 1;
return counts""",
    "first_of_each": """
const places = [["linear", "teams"], ["asana", "workspaces"], ["airtable", "bases"], ["slack", "users"]];
const first = await Promise.all(places.map(([connector, entity]) => execute({connector, entity, action: "list", fields: ["name"], max_records: 1})));
return first.map(r => r.data[0].name)""",
    "refunded_share": """
const {data} = await execute({connector: "stripe", entity: "charges", action: "list", fields: ["amount", "amount_refunded"]});
const sum = field => data.reduce((sum, c) => sum + (c[field] ?? 0), 0);
return Math.round(sum("amount_refunded") / sum("amount") * 1e6) / 1e6""",
}


def main():
    server = Server(sys.argv[1], "--programs")
    totals = []
    print(f"{'task':<24} {'calls':>5} {'single':>7} {'program':>7} {'code':>5}")
    for task in TASKS:
        name = task.__name__
        single = Reader(server, False)
        task(single)
        code = PROGRAMS[name].strip()
        text = server.call("program", {"code": code})
        assert json.loads(text)["data"] == json.loads(ANSWERS[name]), (name, text)
        figures = [single.requests, single.tokens, estimate(text), estimate(code)]
        totals.append(figures)
        print(f"{name:<24} {figures[0]:>5} {figures[1]:>7} {figures[2]:>7} {figures[3]:>5}")
    sums = [sum(column) for column in zip(*totals)]
    print(f"{'sum':<24} {sums[0]:>5} {sums[1]:>7} {sums[2]:>7} {sums[3]:>5}")
    with_code = statistics.median(1 - (of_program + code) / of_single for _, of_single, of_program, code in totals)
    print(f"programs save {1 - sums[2] / sums[1]:.0%} of the result tokens, {with_code:.0%} with their code (median)")
    assert sums[2] + sums[3] < sums[1] / 2
    server.process.stdin.close()


if __name__ == "__main__":
    main()
