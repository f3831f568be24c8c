"""Every answer of the sandbox's platform against specs/platform.yaml, with openapi-core.

Usage: answers.py PROGRAM SPECS, where PROGRAM is the airbyte-agent binary and SPECS the folder with
the document and the specs of the connectors.
Each operation of the document has to succeed at least once.
"""

import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
import yaml

from sandbox import CLIENT, Sandbox

HOST = "https://api.airbyte.ai"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller."""

    def redirect_request(self, *_):
        return None


class Contract:
    """Sends requests to the sandbox and holds what comes back against the document."""

    def __init__(self, box, path):
        self.box = box
        with open(path, encoding="utf-8") as file:
            document = yaml.safe_load(file)
        self.checker = OpenAPI.from_dict(document)
        self.paths = document["paths"]
        self.open = {
            (method.upper(), path)
            for path, item in self.paths.items()
            for method in item
            if method in ("get", "post", "put", "patch", "delete")
        }
        patterns = sorted(self.paths, key=lambda path: path.count("{"))
        self.patterns = [(re.compile(re.sub(r"{[^}]*}", "[^/]+", one)), one) for one in patterns]
        self.problems = []
        self.count = 0
        self.token = None

    def send(self, method, path, body=None, expect=200, token=None, check_request=True):
        """The answer's JSON; what does not fit is noted."""
        if not path.startswith("/"):
            path = "/api/v1/" + path
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self.token}"}
        request = urllib.request.Request(self.box.url + path, data, headers, method=method)
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(request, timeout=60) as answer:
                status, found, given = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as failed:
            status, found, given = failed.code, failed.read(), failed.headers
        self.note(method, path, data, headers, status, found, given, expect, check_request)
        try:
            return json.loads(found) if found else None
        except ValueError:
            return found

    def note(self, method, path, data, headers, status, found, given, expect, check_request):
        self.count += 1
        place = f"{method} {path} -> {status}"
        if status != expect:
            self.problems.append(f"{place}, expected {expect}: {found[:300]}")
        plain, _, query = path.partition("?")
        pattern = next((one for regex, one in self.patterns if regex.fullmatch(plain)), None)
        if status < 300:
            self.open.discard((method, pattern))
        operation = self.paths.get(pattern, {}).get(method.lower(), {})
        host = operation.get("servers", [{"url": HOST}])[0]["url"]
        asked = MockRequest(
            host, method.lower(), plain, args=dict(urllib.parse.parse_qsl(query)),
            headers=headers, data=data, content_type="application/json",
        )
        media = (given.get("Content-Type") or "application/json").split(";")[0]
        if media != "application/json":
            # A file has the media type that the vendor gives it.
            media = "application/octet-stream"
        answered = MockResponse(found, status_code=status, headers=dict(given), content_type=media)
        checks = [lambda: self.checker.validate_response(asked, answered)]
        if check_request and status < 300:
            checks.append(lambda: self.checker.validate_request(asked))
        for check in checks:
            try:
                check()
            except Exception as error:
                cause = error.__cause__ or error
                inner = getattr(cause, "schema_errors", ())
                said = [f"{list(one.absolute_path)}: {one.message[:200]}" for one in inner]
                self.problems.append(f"{place}: {said or cause}"[:700])


def tokens(api):
    """Tokens of every kind; gives a scoped one."""
    pair = {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
    api.token = api.send("POST", "account/applications/token", pair)["access_token"]
    api.send("POST", "account/applications/token", pair | {"client_secret": "x"}, 401)
    api.send("POST", "account/applications/token", {}, 422)
    api.send("POST", "applications/token", pair)
    for path in ["account/applications", "embedded"]:
        scoped = api.send("POST", f"{path}/scoped-token", {"workspace_name": "tenant"})["token"]
        api.send("GET", f"{path}/scoped-token/info", token=scoped)
        body = {"workspace_name": "tenant", "allowed_origin": "http://localhost:3000"}
        api.send("POST", f"{path}/widget-token", body)
    api.send("GET", "workspaces", expect=403, token=scoped)
    api.send("GET", "workspaces", expect=401, token="none")
    return scoped


def templates(api):
    """Definitions, templates of both kinds, OAuth apps."""
    definitions = api.send("GET", "integrations/definitions/sources?name=slack")["definitions"]
    definition = definitions[0]["sourceDefinitionId"]
    for one in api.send("GET", "integrations/definitions/sources")["definitions"]:
        api.send("GET", f"integrations/definitions/sources/{one['sourceDefinitionId']}")
    api.send("GET", "integrations/definitions/sources/none", expect=404)
    destinations = api.send("GET", "integrations/definitions/destinations")["destinations"]
    api.send("GET", f"integrations/definitions/destinations/{destinations[0]['id']}")
    path = "integrations/templates/sources"
    for one in api.send("GET", f"{path}/global")["data"]:
        api.send("GET", f"{path}/{one['id']}")
    body = {
        "actor_definition_id": definition, "name": "slack", "mode": "DIRECT",
        "original_source_template_id": "", "partial_default_config": {},
    }
    own = api.send("POST", path, body)["id"]
    api.send("POST", path, body, 409)
    api.send("POST", path, body | {"name": "x", "actor_definition_id": "x"}, 400)
    api.send("GET", path)
    api.send("PATCH", f"{path}/{own}", {"name": "renamed"})
    copy = api.send("POST", path, {"original_source_template_id": own, "name": "copy"})["id"]
    api.send("DELETE", f"{path}/{copy}")
    path = "integrations/templates/connections"
    body = {
        "data_hosting_type": "user_hosted",
        "destination_name": "lake", "destination_definition_id": destinations[0]["id"],
        "destination_config": {"url": "x"}, "cron_expression": "0 0 6 * * ?",
    }
    lake = api.send("POST", path, body)["id"]
    api.send("POST", path, {"data_hosting_type": "airbyte_hosted"})
    for method in ["GET", "PATCH"]:
        api.send(method, f"{path}/{lake}", {"sync_on_create": False} if method == "PATCH" else None)
    api.send("GET", path)
    api.send("POST", f"{path}/cron/describe", {"cron_expression": "0 0 6 * * ?"})
    api.send("DELETE", f"{path}/{lake}")
    app = {"connector_type": "Slack", "configuration": {"client_id": "a", "client_secret": "b"}}
    api.send("PUT", "oauth/credentials", app)
    api.send("DELETE", "oauth/credentials/connector_type/Slack", expect=204)
    return definition


def connectors(api, scoped, definition):
    """Connectors from creation to deletion; gives the id of one with files."""
    body = {
        "workspace_name": "tenant", "definition_id": definition,
        "credentials": {"bot_key": "xoxb"},
    }
    made = api.send("POST", "integrations/connectors", body)["id"]
    api.send("POST", "integrations/connectors", {"workspace_name": "x"}, 422, check_request=False)
    api.send("POST", "integrations/connectors", body | {"credentials": {"x": "y"}}, 400)
    api.send("POST", "integrations/connectors/check", body)
    bad = body | {"credentials": {"bot_key": "invalid"}}
    assert api.send("POST", "integrations/connectors/check", bad)["status"] == "failed"
    one = f"integrations/connectors/{made}"
    for query in ["workspace_name=tenant", f"workspace_name=tenant&definition_id={definition}"]:
        api.send("GET", f"integrations/connectors?{query}")
    api.send("GET", one)
    api.send("PUT", one, {"name": "renamed", "entities": [{"entity": "users"}]})
    api.send("POST", f"{one}/check", {})
    api.send("GET", f"{one}/inspect")
    for path in ["instances_for_user", "connectors_for_user"]:
        api.send("GET", f"connectors/{path}?external_user_id=tenant&definition_id={definition}")
    order = {"entity": "users", "action": "list", "params": {"limit": 1}, "intent": "test"}
    api.send("POST", f"{one}/execute", order)
    api.send("POST", f"{one}/execute", order | {"action": "fly"}, 400)
    api.send("POST", f"{one}/execute/prepare", order)
    for kind in ["instances", "sources"]:
        api.send("POST", f"connectors/{kind}/{made}/execute", order)
    store = {"entity": "users", "params": {"query": {}, "limit": 2}}
    api.send("POST", f"{one}/execute", store | {"action": "context_store_search"})
    sql = {"params": {"sql": "SELECT count(*) AS n FROM users"}}
    api.send("POST", f"{one}/execute", store | sql | {"action": "context_store_sql_query"})
    consent = {
        "workspace_name": "tenant", "connector_type": "Slack",
        "redirect_url": "https://app.example/done",
    }
    api.send("POST", "integrations/connectors/oauth/initiate", consent)
    api.send("POST", "integrations/connectors/oauth/initiate", consent | {"connector_type": "GitHub",
             "replication_config": {"repositories": ["a/b"]}}, 400)
    info = api.send("GET", "account/applications/scoped-token/info", token=scoped)
    templates = api.send("GET", "integrations/templates/sources")["data"]
    old = {
        "source_template_id": templates[0]["id"], "workspace_id": info["workspace_id"],
        "name": "old", "auth_config": {"bot_key": "xoxb"},
    }
    api.send("POST", "/v1/integrations/sources", old, token=scoped)
    api.send("DELETE", one, expect=202)
    for method in ["GET", "DELETE"]:
        api.send(method, one, expect=404)
    listed = api.send("GET", "integrations/connectors?workspace_name=default")["data"]
    return {one["summarized_source_template"]["connector_name"]: one["id"] for one in listed}


def files(api, drive):
    """Downloads, as bytes and in JSON."""
    path = f"integrations/connectors/{drive}/execute"
    listed = api.send("POST", path, {"entity": "files", "action": "list", "params": {}})
    order = {"entity": "files", "action": "download", "params": {"fileId": listed["result"][0]["id"]}}
    names = {"entity": "files", "action": "download"}
    for params in [{"file_id": listed["result"][0]["id"]}, order["params"]]:
        found = api.box.send("POST", f"/api/v1/{path}", names | {"params": params | {
            "_airbyte_response_type": "json"}}, api.token)
        if found[0] == 200:
            api.send("POST", path, names | {"params": params})
            api.send("POST", path, names | {"params": params | {"_airbyte_response_type": "json"}})
            return
    api.problems.append(f"no file could be downloaded: {found}")


def operators(api, ids):
    """Skills, workspaces, workflows, credentials of an organization."""
    skills = api.send("GET", "skills?limit=100")["data"]
    for skill in skills:
        api.send("GET", f"skills/docs?id={skill['id']}")
    section = "actions.customers.list"
    api.send("GET", f"skills/docs?id=connector-source:{ids['stripe']}&section={section}")
    api.send("GET", "skills/docs?id=none", expect=404)
    api.send("GET", "skills/search?query=stripe")
    for one in ids.values():
        api.send("GET", f"integrations/connectors/{one}/inspect")
        api.send("GET", f"integrations/connectors/{one}")
    workspace = api.send("POST", "workspaces", {"name": "short"})
    api.send("POST", "workspaces", {"name": "short"}, 409)
    one = f"workspaces/{workspace['id']}"
    api.send("GET", "workspaces?name_contains=a&limit=1")
    api.send("GET", "workspaces/stats")
    api.send("GET", one)
    api.send("PUT", one, {"status": "inactive", "cache_enabled": True})
    api.send("DELETE", one)
    api.send("GET", one, expect=404)
    ask = "workspaces/query/structured?workspace_name=default"
    api.send("POST", ask, {"prompt": "list the customers"})
    home = api.send("GET", "workspaces?name_contains=default")["data"][0]
    api.send("GET", f"organizations/{home['organization_id']}/credentials?limit=2")
    query = f"?workspace_id={home['id']}"
    body = {"workspace_id": home["id"], "name": "nightly"}
    flow = f"internal/workflows/{api.send('POST', 'internal/workflows', body)['id']}"
    api.send("GET", f"internal/workflows{query}")
    api.send("GET", flow + query)
    api.send("PATCH", flow + query, {"name": "weekly"})
    body = {"workspace_id": home["id"], "trigger_type": "schedule", "enabled": True}
    timer = api.send("POST", f"{flow}/automations{query}", body)["id"]
    api.send("GET", f"{flow}/automations{query}")
    api.send("GET", f"{flow}/automations/{timer}{query}")
    api.send("PATCH", f"{flow}/automations/{timer}{query}", {"enabled": False})
    api.send("DELETE", f"{flow}/automations/{timer}{query}", expect=204)
    api.send("DELETE", flow + query, expect=204)


def main(program, specs):
    with Sandbox(program, "--spec", f"{specs}/slack.yaml") as box:
        api = Contract(box, f"{specs}/platform.yaml")
        scoped = tokens(api)
        definition = templates(api)
        ids = connectors(api, scoped, definition)
        files(api, ids["google-drive"])
        operators(api, ids)
        fault = {"match": {"connector": "platform"}, "fault": {"status": 429, "body": {"message": "slow"}, "headers": {"Retry-After": "1"}}}
        box.control("POST", "faults", fault)
        api.send("GET", "workspaces", expect=429)
    missing = sorted(api.open)
    for problem in api.problems + [f"never succeeded: {one}" for one in missing]:
        print(problem)
    failed = len(api.problems) + len(missing)
    print(f"{api.count} passed, {failed} failed" if not failed else f"{failed} problems")
    return failed == 0


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2]) else 1)
