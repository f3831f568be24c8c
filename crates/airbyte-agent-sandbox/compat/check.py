"""What the reference Python SDK does against the sandbox, one function for each thing it does.

Usage: check.py PROGRAM, where PROGRAM is the airbyte-agent binary.
"""

import asyncio
import base64
import importlib
import inspect
import os
import sys
import time
import traceback

import airbyte_agent_sdk as sdk
from airbyte_agent_sdk.connectors.google_drive import GoogleDriveConnector
from airbyte_agent_sdk.connectors.stripe import StripeConnector

from sandbox import CLIENT, Sandbox

CHECKS = []


def check(function):
    """Makes a function a check; it is handed the sandbox."""
    CHECKS.append(function)
    return function


def account(**more):
    """Who a typed connector acts for. Unlike `connect`, it is cheap: no spec is parsed."""
    client = {"airbyte_client_id": CLIENT[0], "airbyte_client_secret": CLIENT[1]}
    return sdk.AirbyteAuthConfig(**(client | more))


async def raises(kind, call, **attributes):
    """What a call raises, which is to be of this kind; the call may be immediate or awaited."""
    try:
        result = call()
        if inspect.isawaitable(result):
            result = await result
    except kind as error:
        for name, value in attributes.items():
            assert getattr(error, name) == value, (name, getattr(error, name))
        return error
    raise AssertionError(f"{kind.__name__} was not raised, the result is {result!r}"[:500])


@check
async def typed_operations(_):
    stripe = sdk.connect("stripe")
    assert isinstance(stripe, StripeConnector)
    page = await stripe.customers.list(limit=3)
    assert len(page.data) == 3 and page.meta.has_more is True
    after = await stripe.customers.list(limit=3, starting_after=page.data[-1].id)
    assert not {one.id for one in page.data} & {one.id for one in after.data}
    first = await stripe.customers.get(id=page.data[0].id)
    assert first["id"] == page.data[0].id
    made = await stripe.customers.create(name="Ann Compat", email="ann@example.com")
    assert made["name"] == "Ann Compat"
    again = await stripe.customers.get(id=made["id"])
    assert again["email"] == "ann@example.com"
    await stripe.close()


@check
async def generic_operations(_):
    stripe = StripeConnector(auth_config=account())
    result = await stripe.execute("customers", "list", {"limit": 2}, select_fields=["id"])
    assert [list(one) for one in result.data] == [["id"], ["id"]], result
    await raises(sdk.ConnectorValidationError, lambda: stripe.execute("nobody", "list", {}))
    await raises(
        sdk.HTTPStatusError,
        lambda: stripe.execute("customers", "get", {"id": "cus_none"}),
        status_code=404,
    )
    await stripe.close()


# The cheapest call of each connector, with what it cannot do without.
CHEAPEST = {
    "airtable": ("bases", "list"),
    "amazon-ads": ("profiles", "list"),
    "asana": ("workspaces", "list"),
    "facebook-marketing": ("current_user", "get"),
    "github": ("repositories", "list", {"username": "octocat"}),
    "gong": ("users", "list"),
    "google-drive": ("files", "list"),
    "greenhouse": ("candidates", "list"),
    "hubspot": ("contacts", "list"),
    "intercom": ("contacts", "list"),
    "jira": ("users", "list"),
    "klaviyo": ("profiles", "list"),
    "linear": ("issues", "list"),
    "mailchimp": ("campaigns", "list"),
    "orb": ("customers", "list"),
    "salesforce": ("sobjects", "list"),
    "shopify": ("customers", "list"),
    "slack": ("users", "list"),
    "stripe": ("customers", "list"),
    "zendesk-chat": ("agents", "list"),
    "zendesk-support": ("tickets", "list"),
}


@check
async def every_connector_answers(box):
    answer = box.api("GET", "/integrations/connectors?workspace_name=default")
    kinds = {one["summarized_source_template"]["connector_name"] for one in answer["data"]}
    problems = []
    for slug in sorted(kinds):
        entity, action, *arguments = CHEAPEST[slug]
        module = importlib.import_module(f"airbyte_agent_sdk.connectors.{slug.replace('-', '_')}")
        name = slug.replace("-", "") + "connector"
        connector = next(
            kind for title, kind in vars(module).items() if title.lower() == name
        )(auth_config=account())
        try:
            call = getattr(getattr(connector, entity), action)
            found = await call(**(arguments[0] if arguments else {}))
            assert action != "list" or len(found.data) > 0, found
        except Exception as error:
            problems.append(f"{slug} {entity}.{action}: {type(error).__name__}: {error}"[:400])
        await connector.close()
    assert not problems, "\n".join(problems)


@check
async def lookup_by_workspace(box):
    own = box.create("tenant-42", name="billing")
    for auth in [
        account(workspace_name="tenant-42"),
        account(customer_name="tenant-42"),
        account(connector_id=own),
    ]:
        stripe = StripeConnector(auth_config=auth)
        assert len((await stripe.customers.list(limit=1)).data) == 1
        await stripe.close()


@check
async def ambiguous_and_missing_connectors(box):
    crowded = StripeConnector(auth_config=account(workspace_name="crowded"))
    await raises(sdk.ConnectorAmbiguityError, lambda: crowded.customers.list(limit=1))
    await crowded.close()
    for _ in range(2):
        box.create("two", connector_type="airtable", credentials={"personal_access_token": "t"})
    two = lambda: sdk.connect("airtable", workspace_name="two")  # noqa: E731
    await raises(sdk.ConnectorAmbiguityError, two)
    nobody = lambda: sdk.connect("airtable", workspace_name="nobody")  # noqa: E731
    await raises(sdk.ConnectorNotFoundError, nobody)
    await raises(sdk.UnknownConnectorError, lambda: sdk.connect("no-such-connector"))
    unknown = account(connector_id="00000000-0000-4000-8000-000000000000")
    missing = StripeConnector(auth_config=unknown)
    await raises(sdk.HTTPStatusError, lambda: missing.customers.list(limit=1), status_code=404)
    await missing.close()


@check
async def workspace_lists_gets_and_deletes(box):
    kind = {"connector_type": "airtable", "credentials": {"personal_access_token": "t"}}
    ids = {box.create("lifecycle", **kind), box.create("lifecycle", name="second", **kind)}
    async with sdk.Workspace(workspace_name="lifecycle") as workspace:
        listed = await workspace.list_connectors()
        assert {one.id for one in listed} == ids
        assert {one.connector_type for one in listed} == {"Airtable"}
        await raises(sdk.ConnectorAmbiguityError, lambda: workspace.get_connector(name="airtable"))
        gone, kept = sorted(ids)
        await workspace.delete_connector(gone)
        assert [one.id for one in await workspace.list_connectors()] == [kept]
        found = await workspace.get_connector(name="airtable")
        result = await found.execute("bases", "list")
        assert len(result.data) > 1
        by_id = await workspace.get_connector(connector_id=kept)
        assert (await by_id.check()).data["status"] == "healthy"
        await raises(
            sdk.HTTPStatusError, lambda: workspace.delete_connector(gone), status_code=404
        )


@check
async def context_store(_):
    stripe = StripeConnector(auth_config=account())
    query = {"filter": {"gt": {"amount": 0}}, "sort": [{"amount": "desc"}]}
    seen, cursor = [], None
    for _page in range(3):
        found = await stripe.refunds.context_store_search(
            query=query, limit=4, cursor=cursor, fields=[["id"], ["amount"]]
        )
        seen += [(one.id, one.amount) for one in found.data]
        cursor = found.meta.cursor
        assert found.meta.has_more and cursor
    assert len(set(seen)) == 12 and seen == sorted(seen, key=lambda one: -one[1])
    same = await stripe.refunds.get(id=seen[0][0])
    assert same["amount"] == seen[0][1]
    sql = {"sql": "SELECT count(*) AS n, max(amount) AS most FROM refunds"}
    counted = await stripe.execute("refunds", "context_store_sql_query", sql)
    assert counted["data"][0]["most"] == seen[0][1], counted
    wrong = {"query": {"filter": {"equals": {"amount": 1}}}}
    await raises(
        sdk.ConnectorValidationError,
        lambda: stripe.execute("refunds", "context_store_search", wrong),
    )
    await stripe.close()


@check
async def wrong_secret(_):
    await raises(
        sdk.AuthenticationError,
        lambda: sdk.connect("airtable", client_id=CLIENT[0], client_secret="wrong"),
        status_code=401,
    )


@check
async def expired_token(box):
    stripe = StripeConnector(auth_config=account())
    assert (await stripe.customers.list(limit=1)).data
    box.control("POST", "clock", {"advance_seconds": 901})
    await raises(
        sdk.AuthenticationError, lambda: stripe.customers.list(limit=1), status_code=401
    )
    await stripe.close()
    fresh = StripeConnector(auth_config=account())
    assert (await fresh.customers.list(limit=1)).data
    await fresh.close()


@check
async def failures_on_demand(box):
    stripe = StripeConnector(auth_config=account())
    match = {"connector": "platform", "action": "list"}
    for fault, kind, attributes in [
        ({"status": 429, "headers": {"retry-after": "7"}}, sdk.RateLimitError, {"retry_after": 7}),
        ({"status": 503, "body": {"message": "down"}}, sdk.HTTPStatusError, {"status_code": 503}),
        ("malformed", ValueError, {}),
    ]:
        box.control("POST", "faults", {"match": match, "fault": fault})
        await raises(kind, lambda: stripe.customers.list(limit=1), **attributes)
    assert (await stripe.customers.list(limit=1)).data
    await stripe.close()


@check
async def bad_vendor_credentials_show_at_first_use(box):
    own = box.create("bad-credentials", credentials={"client_secret": "sk_invalid"})
    stripe = StripeConnector(auth_config=account(connector_id=own))
    assert (await stripe.check()).status == "unhealthy"
    await raises(
        sdk.AuthenticationError, lambda: stripe.customers.list(limit=1), status_code=401
    )
    await stripe.close()


@check
async def organizations_do_not_see_each_other(box):
    other = ("compat-other", "compat-secret")
    tenant = {"client_id": other[0], "client_secret": other[1]}
    organization = box.control("POST", "tenants", tenant)["organizations"][0]
    credentials = {"client_id": other[0], "client_secret": other[1]}
    async with sdk.Workspace(**credentials) as workspace:
        assert await workspace.list_connectors() == []
    async with sdk.Workspace(organization_id=organization) as workspace:
        await raises(sdk.AuthenticationError, workspace.list_connectors, status_code=403)
    mine = box.create("default", client=other)
    foreign = StripeConnector(auth_config=account(connector_id=mine))
    await raises(sdk.HTTPStatusError, lambda: foreign.customers.list(limit=1), status_code=404)
    await foreign.close()
    own = StripeConnector(
        auth_config=account(airbyte_client_id=other[0], airbyte_client_secret=other[1])
    )
    assert (await own.customers.list(limit=1)).data
    await own.close()


@check
async def inspection_and_documents(_):
    stripe = StripeConnector(auth_config=account())
    shown = await stripe.inspect_connector()
    shown = shown if isinstance(shown, dict) else vars(shown)
    assert shown["docs_skill_id"].startswith("connector-source:"), shown
    text = await stripe.read_skill_docs()
    assert "Stripe" in text and "actions.customers.list" in text
    assert "starting_after" in await stripe.read_skill_docs(section="actions.customers.list")
    await stripe.close()


@check
async def workflows_and_automations(_):
    async with sdk.Workspace() as workspace:
        flow = await workspace.create_workflow("nightly")
        assert (await workspace.get_workflow(flow.id)).name == "nightly"
        assert (await workspace.update_workflow(flow.id, name="weekly")).name == "weekly"
        timer = await workspace.create_automation(flow.id, cron_expression="0 0 6 * * ?")
        assert timer.enabled and timer.trigger_type == "schedule" and timer.timezone == "UTC"
        paused = await workspace.update_automation(flow.id, timer.id, enabled=False)
        assert paused.enabled is False
        assert [one.id for one in await workspace.list_automations()] == [timer.id]
        await workspace.delete_automation(flow.id, timer.id)
        await workspace.delete_workflow(flow.id)
        assert await workspace.list_workflows() == []


@check
async def files(_):
    drive = GoogleDriveConnector(auth_config=account())
    listed = await drive.files.list(page_size=1)
    part = await drive.files.download_base64(file_id=listed.data[0].id)
    text = await drive.files.download_text(file_id=listed.data[0].id)
    assert base64.b64decode(part["content"]).decode()[:1000] == text["content"][:1000]
    await drive.close()


async def main(program):
    passed = failed = 0
    with Sandbox(program) as box:
        os.environ["SDK_DEV_ADP_API_HOST"] = box.url
        os.environ["AIRBYTE_CLIENT_ID"], os.environ["AIRBYTE_CLIENT_SECRET"] = CLIENT
        for function in CHECKS:
            started = time.monotonic()
            try:
                await function(box)
                passed += 1
                word = "ok"
            except Exception:
                traceback.print_exc()
                failed += 1
                word = "FAILED"
            print(f"{function.__name__} ... {word} ({time.monotonic() - started:.1f}s)", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed == 0


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1])) else 1)
