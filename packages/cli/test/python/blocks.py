"""Calls of the blocks that need no inbound call but an invocation."""

import json
import os
import threading
import time
import urllib.request

from dapr.clients import DaprClient
from dapr.clients.grpc._request import TransactionalStateOperation, TransactionOperationType
from dapr.clients.grpc._state import StateItem


def say(*words) -> None:
    print(*words, flush=True)


def wait_until_ready() -> None:
    url = f"http://127.0.0.1:{os.environ['DAPR_HTTP_PORT']}/v1.0/healthz"
    for _ in range(600):
        try:
            urllib.request.urlopen(url)
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the sidecar is not ready")


def fails(call) -> str:
    try:
        call()
        return "false"
    except Exception:
        return "true"


def use_state(client: DaprClient) -> None:
    wait_until_ready()
    client.save_state("store", "42", '{"paid":false}')
    etag = client.get_state("store", "42").etag
    client.save_state("store", "42", '{"paid":true}', etag=etag)
    say("stale etag refused", fails(lambda: client.save_state("store", "42", "{}", etag=etag)))
    say("state", client.get_state("store", "42").text())

    client.save_bulk_state("store", [StateItem("a", "1"), StateItem("b", "2")])
    client.execute_state_transaction(
        "store",
        [
            TransactionalStateOperation(key="a", data="3"),
            TransactionalStateOperation(key="b", operation_type=TransactionOperationType.delete),
        ],
    )
    values = {item.key: item.text() for item in client.get_bulk_state("store", ["a", "b"]).items}
    say("bulk", values["a"], "true" if values["b"] == "" else values["b"])
    client.delete_state("store", "42")
    say("deleted", "true" if client.get_state("store", "42").data == b"" else "false")


def use_stores(client: DaprClient) -> None:
    say("secret", client.get_secret("vault", "suite-secret").secret["suite-secret"])
    say("secrets", len(client.get_bulk_secret("vault").secrets))
    say("configuration", client.get_configuration("settings", ["color"]).items["color"].value)
    say("metadata", client.get_metadata().application_id)


def invoke(client: DaprClient) -> None:
    def double(app_id: str) -> str:
        body = json.dumps(21)
        return client.invoke_method(app_id, "double", data=body, content_type="application/json", http_verb="POST").text()

    say("invoke", double(os.environ["APP_ID"]))
    say("nobody answers", fails(lambda: double("nobody")))


def watch_configuration(client: DaprClient) -> None:
    blue = threading.Event()

    def changed(_id: str, response) -> None:
        if response.items["color"].value == "blue":
            blue.set()

    subscription = client.subscribe_configuration("settings", ["color"], changed)
    say("watching the configuration")
    if blue.wait(30):
        say("configuration changed to blue")
    say("unsubscribed", client.unsubscribe_configuration("settings", subscription))
