"""What topics brought, and what makes them bring it."""

import json
import queue

from dapr.clients import DaprClient
from dapr.clients.grpc._response import TopicEventResponse

from blocks import say

paid: "queue.Queue[str]" = queue.Queue()


def received(events: "queue.Queue[str]") -> str:
    try:
        return events.get(timeout=30)
    except queue.Empty:
        return "nothing"


def publish(client: DaprClient) -> None:
    def send(topic: str, number: int) -> None:
        client.publish_event("events", topic, json.dumps({"n": number}), data_content_type="application/json")

    send("paid", 1)
    say("event", received(paid))
    client.publish_events("events", "paid", ['{"n":2}', '{"n":3}'], data_content_type="application/json")
    say("events", *sorted([received(paid), received(paid)]))

    # The subscription that the app opens itself: no port is needed for it. The first delivery is refused, so that a second comes.
    streamed: "queue.Queue[str]" = queue.Queue()
    statuses = iter(["retry"])

    def handle(message) -> TopicEventResponse:
        status = next(statuses, "success")
        if status == "success":
            streamed.put(json.dumps(message.data(), separators=(",", ":")))
        return TopicEventResponse(status)

    close = client.subscribe_with_handler("events", "streamed", handle)
    send("streamed", 4)
    say("streamed", received(streamed))
    close()
