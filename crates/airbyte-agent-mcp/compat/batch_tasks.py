"""How many tokens the results of twenty tasks take that need several calls: made one by one, in batches, and by a program.

Usage: batch_tasks.py PROGRAM     (PROGRAM of `cargo build -p airbyte-agent-cli`)
Every task is a function over the records of the sandbox, which reads what it needs by `ask` and returns the answer. The
calls are made by `execute` and by `batch`, and the answers have to be the same and the right ones. A model that
could run the function itself would read the answer only: that is the column `program`; `code` is what it
would have to write for that. `program_tasks.py` measures programs that are run. Tokens are estimated in the way of the server.
"""

import inspect
import json
import statistics
import subprocess
import sys
from collections import Counter

GREETING = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "tasks", "version": "1"},
}


def rows(connector, entity, *fields, action="list", **params):
    """A call that reads all records of a list."""
    call = {"connector": connector, "entity": entity, "action": action, "params": params}
    return {**call, "fields": list(fields), "max_records": 1000}


def one(connector, entity, fields, **params):
    """A call that reads a record."""
    return {
        "connector": connector,
        "entity": entity,
        "action": "get",
        "params": params,
        "fields": fields,
    }


def count(connector, entity):
    """A call that counts the records of a list."""
    call = {"connector": connector, "entity": entity, "action": "list", "count_only": True}
    return {**call, "params": {}}


def open_invoices(ask):
    (invoices,) = ask(rows("stripe", "invoices", "status", "amount_due"))
    return sum(i.get("amount_due") or 0 for i in invoices if i.get("status") == "open")


def tickets_by_status(ask):
    (tickets,) = ask(rows("zendesk-support", "tickets", "status"))
    return Counter(t.get("status") for t in tickets)


def largest_balances(ask):
    (customers,) = ask(rows("stripe", "customers", "id", "name", "balance"))
    customers.sort(key=lambda c: -(c.get("balance") or 0))
    return [[c["id"], c.get("name"), c.get("balance")] for c in customers[:5]]


def addresses_in_both(ask):
    gong, orb = ask(rows("gong", "users", "emailAddress"), rows("orb", "customers", "email"))
    both = {u.get("emailAddress") for u in gong} & {c.get("email") for c in orb}
    return len(both)


def callers(ask):
    (calls,) = ask({**rows("gong", "calls", "id", "title", "primaryUserId"), "max_records": 5})
    users = ask(*[one("gong", "users", ["emailAddress"], id=c["primaryUserId"]) for c in calls])
    return {c["title"]: u.get("emailAddress") for c, u in zip(calls, users)}


def overview(ask):
    places = [
        ("stripe", "customers"),
        ("hubspot", "deals"),
        ("gong", "calls"),
        ("linear", "issues"),
        ("slack", "channels"),
        ("orb", "invoices"),
    ]
    return dict(zip([f"{c} {e}" for c, e in places], ask(*[count(*p) for p in places])))


def names_of_eight(ask):
    (customers,) = ask({**rows("stripe", "customers", "id"), "max_records": 8})
    found = ask(*[one("stripe", "customers", ["id", "name"], id=c["id"]) for c in customers])
    return {c["id"]: c.get("name") for c in found}


def calls_by_direction(ask):
    (calls,) = ask(rows("gong", "calls", "direction", "duration"))
    seconds = Counter()
    for call in calls:
        seconds[call.get("direction")] += call.get("duration") or 0
    return seconds


def accounts_by_country(ask):
    (accounts,) = ask(rows("salesforce", "accounts", "BillingCountry"))
    return Counter(a.get("BillingCountry") for a in accounts)


def away_admins(ask):
    (admins,) = ask(rows("intercom", "admins", "name", "away_mode_enabled"))
    return sum(1 for a in admins if a.get("away_mode_enabled"))


def conversations_by_state(ask):
    (talks,) = ask(rows("intercom", "conversations", "state", "open"))
    return Counter(t.get("state") for t in talks if t.get("open"))


def unpaid_customers(ask):
    invoices, customers = ask(
        rows("stripe", "invoices", "customer", "amount_remaining"),
        rows("stripe", "customers", "id", "name"),
    )
    owed = Counter()
    for invoice in invoices:
        owed[invoice.get("customer")] += invoice.get("amount_remaining") or 0
    names = {c["id"]: c.get("name") for c in customers}
    return [[names.get(who), amount] for who, amount in owed.most_common(3)]


def emails_sent(ask):
    (campaigns,) = ask(rows("mailchimp", "campaigns", "status", "emails_sent"))
    sent = Counter()
    for campaign in campaigns:
        sent[campaign.get("status")] += campaign.get("emails_sent") or 0
    return sent


def closed_jobs(ask):
    (jobs,) = ask(rows("greenhouse", "jobs", "status", "confidential"))
    return Counter(j.get("status") for j in jobs if not j.get("confidential"))


def cancelled_orders(ask):
    (orders,) = ask(rows("shopify", "orders", "id", "cancelled_at"))
    return sum(1 for o in orders if o.get("cancelled_at"))


def subscriptions_by_status(ask):
    orb, stripe = ask(
        rows("orb", "subscriptions", "status"), rows("stripe", "subscriptions", "status")
    )
    return {
        "orb": Counter(s.get("status") for s in orb),
        "stripe": Counter(s.get("status") for s in stripe),
    }


def archived_channels(ask):
    (channels,) = ask(rows("slack", "channels", "name", "is_archived", "is_private"))
    return sorted(c["name"] for c in channels if c.get("is_private") and not c.get("is_archived"))[:5]


def file_types(ask):
    (files,) = ask(rows("google-drive", "files", "mimeType"))
    return Counter(f.get("mimeType") for f in files)


def first_of_each(ask):
    places = [("linear", "teams"), ("asana", "workspaces"), ("airtable", "bases"), ("slack", "users")]
    first = ask(*[{**rows(c, e, "name"), "max_records": 1} for c, e in places])
    return [records[0]["name"] for records in first]


def refunded_share(ask):
    (charges,) = ask(rows("stripe", "charges", "amount", "amount_refunded"))
    amount = sum(c.get("amount") or 0 for c in charges)
    refunded = sum(c.get("amount_refunded") or 0 for c in charges)
    return round(refunded / amount, 6)


TASKS = [
    open_invoices,
    tickets_by_status,
    largest_balances,
    addresses_in_both,
    callers,
    overview,
    names_of_eight,
    calls_by_direction,
    accounts_by_country,
    away_admins,
    conversations_by_state,
    unpaid_customers,
    emails_sent,
    closed_jobs,
    cancelled_orders,
    subscriptions_by_status,
    archived_channels,
    file_types,
    first_of_each,
    refunded_share,
]


def kind(character):
    """What the estimate of the server counts alike (`result/tokens.rs`)."""
    if character.isascii():
        if character.isalpha():
            return "letter"
        return "digit" if character.isdigit() else "space" if character.isspace() else "mark"
    return "letter" if character <= "\u024f" and character >= "\u00c0" else "other"


def estimate(text):
    """About how many tokens a text is, in the way of the server."""
    sixths, run = 0, ""
    for character in text + "\0\0":
        if run and (kind(run[-1]) != kind(character) or kind(run[-1]) == "mark" and len(run) == 3):
            sixths, run = sixths + of_run(run), ""
        run += character
    return -(-sixths // 6)


def of_run(run):
    length, what = len(run), kind(run[0])
    if what == "space":
        special = any(c in "\n\r\t" for c in run)
        return 6 + length - 1 if special else length - 1
    if what == "letter":
        humps = sum(1 for a, b in zip(run, run[1:]) if b.isupper() and not a.isupper())
        special = sum(1 for c in run if not c.isascii())
        if length < 4 * humps:
            return 5 * length
        return 6 + 6 * humps + 5 * special + 2 * max(length - 8, 0)
    if what == "digit":
        return 6 * -(-length // 3)
    return 6 if what == "mark" else 2 * length + 3


class Server:
    def __init__(self, program, option="--batch"):
        pipe = subprocess.PIPE
        command = [program, "mcp", "--sandbox", option]
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe)
        self.last = 0
        self.request("initialize", GREETING)

    def request(self, method, params):
        self.last += 1
        message = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.last:
                return answer["result"]

    def call(self, name, arguments):
        answer = self.request("tools/call", {"name": name, "arguments": arguments})
        text = answer["content"][0]["text"]
        assert not answer.get("isError"), (name, arguments, text)
        return text


class Reader:
    """Reads all records that calls ask for, and counts what a model would have to read."""

    def __init__(self, server, batches):
        self.server, self.batches = server, batches
        self.tokens = self.requests = 0

    def __call__(self, *calls):
        found = [None] * len(calls)
        left = dict(enumerate(calls))
        while left:
            results = self.read(left)
            for number, result in results.items():
                data = result["data"]
                if isinstance(data, list):
                    found[number] = (found[number] or []) + data
                else:
                    found[number] = data.get("count", data)
                call, cursor = left.pop(number), result.get("next_cursor")
                wanted = call.get("max_records", 0)
                if cursor and len(found[number]) < wanted:
                    left[number] = {**call, "cursor": cursor}
        return found

    def read(self, calls):
        if not self.batches or len(calls) == 1:
            return {n: json.loads(self.count("execute", call)) for n, call in calls.items()}
        named = [{"as": str(n), **call} for n, call in calls.items()]
        answer = json.loads(self.count("batch", {"calls": named}))
        return {int(n): result for n, result in answer["results"].items()}

    def count(self, name, arguments):
        text = self.server.call(name, arguments)
        self.tokens += estimate(text)
        self.requests += 1
        return text


def main():
    server = Server(sys.argv[1])
    totals = []
    print(f"{'task':<24} {'calls':>5} {'single':>7} {'turns':>5} {'batch':>7} {'program':>7} {'code':>5}")
    for task in TASKS:
        single, batch = Reader(server, False), Reader(server, True)
        answer = json.dumps(task(single))
        assert json.dumps(task(batch)) == answer, task.__name__
        assert answer == ANSWERS[task.__name__], (task.__name__, answer)
        figures = [single.requests, single.tokens, batch.requests, batch.tokens]
        figures += [estimate(answer), estimate(inspect.getsource(task))]
        totals.append(figures)
        calls, of_single, turns, of_batch, of_program, code = figures
        print(
            f"{task.__name__:<24} {calls:>5} {of_single:>7} {turns:>5} {of_batch:>7} {of_program:>7} {code:>5}"
        )
    sums = [sum(column) for column in zip(*totals)]
    print(f"{'sum':<24} {sums[0]:>5} {sums[1]:>7} {sums[2]:>5} {sums[3]:>7} {sums[4]:>7} {sums[5]:>5}")
    saved = statistics.median(1 - figures[4] / figures[1] for figures in totals)
    with_code = statistics.median(1 - (figures[4] + figures[5]) / figures[1] for figures in totals)
    print(f"a program saves {saved:.0%} of the result tokens (median), {with_code:.0%} with its code")
    server.process.stdin.close()


# The right answers, as JSON: the records of the sandbox are the same in every run.
ANSWERS = {
    "open_invoices": '1366',
    "tickets_by_status": (
        '{"pending": 43, "hold": 43, "solved": 43, "closed": 43, "new": 43, "open": 42}'
    ),
    "largest_balances": (
        '[["cus_5ulmp5e88th02s", "Elif Fontana", 90906], ["cus_k0jxu77pv2b05n", "Leo Kell'
        'er", 90221], ["cus_1varinsuf5205f", "Dana Nakamura", 89407], ["cus_xql4dn3e6x900'
        'p", "Zeno Schmidt", 88713], ["cus_unt60os7ss606y", "Arne Kowalski", 88700]]'
    ),
    "addresses_in_both": '258',
    "callers": (
        '{"Moonrise renewal 1": "ada.keller0@example.com", "Moonrise rollout 2": "bela.ok'
        'afor1@example.com", "Moonrise onboarding 3": "chidi.marin2@example.com", "Moonri'
        'se pricing review 5": "elif.haddad4@example.com", "Moonrise security audit 6": "'
        'farah.novak5@example.com"}'
    ),
    "overview": (
        '{"stripe customers": 298, "hubspot deals": 268, "gong calls": 294, "linear issue'
        's": 291, "slack channels": 300, "orb invoices": 286}'
    ),
    "names_of_eight": (
        '{"cus_gs8pcfjyzd1000": null, "cus_7nfp8f24zk5001": "Bela Okafor", "cus_ohtfm4sfa'
        'dg002": "Chidi Marin", "cus_rslmq7waer4003": "Dana Lindqvist", "cus_kc8x3zq89wv0'
        '04": null, "cus_hcvwu7t2tl0005": "Farah Novak", "cus_mrwbtfy1bpk006": null, "cus'
        '_xc69cklaakg007": "Hana Tanaka"}'
    ),
    "calls_by_direction": (
        '{"Outbound": 117712, "Conference": 134188, "Unknown": 123778, "Inbound": 139346}'
    ),
    "accounts_by_country": (
        '{"DE": 30, "FR": 30, "PT": 25, "NO": 29, "US": 30, "KE": 29, "JP": 28, "PE": 25,'
        ' "null": 32}'
    ),
    "away_admins": '241',
    "conversations_by_state": '{"open": 32, "closed": 29, "pending": 49, "null": 18}',
    "unpaid_customers": '[["Samir Kowalski", 49], ["Bela Tanaka", 49], [null, 49]]',
    "emails_sent": (
        '{"save": 598, "null": 674, "schedule": 702, "sending": 618, "sent": 787, "cancel'
        'ing": 751, "canceled": 692, "archived": 827, "paused": 550}'
    ),
    "closed_jobs": '{"closed": 42, "open": 41, "draft": 44, "null": 8}',
    "cancelled_orders": '251',
    "subscriptions_by_status": (
        '{"orb": {"ended": 75, "upcoming": 72, "active": 75, "null": 40}, "stripe": {"inc'
        'omplete": 37, "incomplete_expired": 36, "trialing": 36, "active": 36, "past_due"'
        ': 36, "canceled": 36, "unpaid": 36, "paused": 36}}'
    ),
    "archived_channels": (
        '["bluepeak-274", "driftwood-154", "evergreen-192", "fernhill-184", "ironwood-292'
        '"]'
    ),
    "file_types": '{"text/plain": 245, "null": 26}',
    "first_of_each": '["northwind-1", "northwind-1", "northwind-1", "Ada Keller"]',
    "refunded_share": '0.000525',
}


if __name__ == "__main__":
    main()
