"""An app on the official Python SDK: it is called over gRPC, and uses the API of its sidecar. Prints what it saw, one line each."""

import json
import os
import threading
import time
import urllib.request

from dapr.clients import DaprClient
from dapr.ext.grpc import App, InvokeMethodRequest, InvokeMethodResponse

app = App()
handled = threading.Event()


@app.method(name="double")
def double(request: InvokeMethodRequest) -> InvokeMethodResponse:
    return InvokeMethodResponse(json.dumps(json.loads(request.text()) * 2), "application/json")


@app.subscribe(pubsub_name="events", topic="paid")
def paid(event) -> None:
    print("event", event.Data().decode(), flush=True)
    handled.set()


def wait_until_ready() -> None:
    url = f"http://127.0.0.1:{os.environ['DAPR_HTTP_PORT']}/v1.0/healthz"
    for _ in range(200):
        try:
            urllib.request.urlopen(url)
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the sidecar is not ready")


def use_sidecar(client: DaprClient) -> None:
    client.save_state("store", "42", json.dumps({"paid": False}))
    etag = client.get_state("store", "42").etag
    client.save_state("store", "42", json.dumps({"paid": True}), etag=etag)
    try:
        client.save_state("store", "42", "{}", etag="999")
    except Exception as error:
        print("etag", type(error).__name__, flush=True)
    print("state", client.get_state("store", "42").text(), flush=True)
    print("secret", client.get_secret("vault", "suite-secret").secret["suite-secret"], flush=True)
    print("configuration", client.get_configuration("settings", ["color"]).items["color"].value, flush=True)
    print("metadata", client.get_metadata().application_id, flush=True)
    reply = client.invoke_method(os.environ["APP_ID"], "double", data=b"21", content_type="application/json", http_verb="POST")
    print("invoke", reply.text(), flush=True)
    client.publish_event("events", "paid", json.dumps({"n": 1}), data_content_type="application/json")
    if not handled.wait(10):
        print("no event came", flush=True)


def main() -> None:
    code = 1
    try:
        wait_until_ready()
        with DaprClient() as client:
            use_sidecar(client)
        code = 0
    finally:
        # The server below has no other end.
        os._exit(code)


threading.Thread(target=main, daemon=True).start()
app.run(int(os.environ["APP_PORT"]))
