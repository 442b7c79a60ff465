"""Takes the calls of the sidecar over gRPC, which has no actors in this SDK."""

import json

from dapr.ext.grpc import App, InvokeMethodRequest, InvokeMethodResponse

import events

app = App()


@app.method(name="double")
def double(request: InvokeMethodRequest) -> InvokeMethodResponse:
    return InvokeMethodResponse(json.dumps(json.loads(request.text()) * 2), "application/json")


@app.subscribe(pubsub_name="events", topic="paid")
def paid(event) -> None:
    events.paid.put(json.dumps(json.loads(event.Data()), separators=(",", ":")))


def use_actors() -> None:
    pass


def serve(port: int, started) -> None:
    started()
    app.run(port, "127.0.0.1")
