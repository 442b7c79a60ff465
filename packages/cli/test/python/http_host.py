"""Takes the calls of the sidecar over HTTP, by FastAPI."""

import json
from contextlib import asynccontextmanager

import uvicorn
from dapr.ext.fastapi import DaprActor, DaprApp
from fastapi import Body, FastAPI

import counter
import events


@asynccontextmanager
async def lifespan(_app: FastAPI):
    await actors.register_actor(counter.Counter)
    yield


app = FastAPI(lifespan=lifespan)
actors = DaprActor(app)
dapr = DaprApp(app)
use_actors = counter.use_actors


@app.post("/double")
def double(number: int = Body()) -> int:
    return number * 2


@dapr.subscribe(pubsub="events", topic="paid")
def paid(event=Body()) -> None:
    events.paid.put(json.dumps(event["data"], separators=(",", ":")))


def serve(port: int, started) -> None:
    started()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
