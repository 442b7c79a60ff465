"""An app on the official Python SDK. It is called over gRPC or HTTP, as APP_PROTOCOL says, and uses the API of its sidecar. Prints
what it saw, one line each."""

import os
import threading
import traceback

from dapr.clients import DaprClient

import blocks
import events


def main() -> None:
    code = 1
    try:
        with DaprClient() as client:
            blocks.use_state(client)
            blocks.use_stores(client)
            blocks.invoke(client)
            events.publish(client)
            host.use_actors()
            blocks.watch_configuration(client)
        print("done", flush=True)
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        # The server below has no other end.
        os._exit(code)


if os.environ["APP_PROTOCOL"] == "grpc":
    import grpc_host as host
else:
    import http_host as host

host.serve(int(os.environ["APP_PORT"]), lambda: threading.Thread(target=main, daemon=True).start())
