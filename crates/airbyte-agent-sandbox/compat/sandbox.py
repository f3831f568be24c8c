"""A sandbox that runs for the checks, and plain requests to it."""

import json
import subprocess
import urllib.error
import urllib.request

CLIENT = ("sandbox-client", "sandbox-secret")


class Sandbox:
    """Starts the program's sandbox; ends it on exit."""

    def __init__(self, program, *options):
        command = [program, "sandbox", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().rsplit(" ", 1)[1].strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def send(self, method, path, body=None, token=None):
        """Status and JSON of a request."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as failed:
            status, text = failed.code, failed.read()
        return status, json.loads(text) if text else None

    def api(self, method, path, body=None, client=CLIENT):
        """JSON of a request to the platform, which is to succeed."""
        credentials = {"client_id": client[0], "client_secret": client[1]}
        _, token = self.send("POST", "/api/v1/account/applications/token", credentials)
        status, answer = self.send(method, "/api/v1" + path, body, token["access_token"])
        assert status < 300, (status, answer)
        return answer

    def control(self, method, path, body=None):
        """A request to the sandbox's own endpoints."""
        status, answer = self.send(method, "/_sandbox/" + path, body)
        assert status < 300, (status, answer)
        return answer

    def create(self, workspace, client=CLIENT, **more):
        """The id of a new Stripe connector."""
        body = {
            "workspace_name": workspace,
            "connector_type": "Stripe",
            "credentials": {"api_key": "sk_test_compat"},
            "replication_config": {"account_id": "acct_1"},
        }
        return self.api("POST", "/integrations/connectors", body | more, client)["id"]
