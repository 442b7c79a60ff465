import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveAppCallback } from "@mecha/sdk-core/grpc";
import { appCallback, type AppChannel, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import { noteMessage } from "../pubsub/event-message.js";
import { Status, connectionTo, context, invokeRequest, event, failureOf } from "../../test/app-channel-fixture.js";

test("a gRPC app is called by AppCallback, with its lists, headers and statuses", async () => {
  const seen: Metadata[] = [];
  const port = await grpcApp(
    {
      invoke: (request, { metadata, setHeader }) => {
        seen.push(metadata);
        setHeader("x-answer", "42");
        if (request.method === "fail") throw new MechaError("FAILED_PRECONDITION", "out of stock");
        return Promise.resolve({ contentType: "text/plain", data: { typeUrl: "", value: Buffer.from("grpc") } });
      },
      topic: (_event, { metadata }) => {
        seen.push(metadata);
        return Promise.resolve({ status: Status.DROP });
      },
      job: () => Promise.resolve({}),
      subscriptions: [{ ...appCallback.TopicSubscription.fromPartial({}), pubsubName: "events", topic: "a" }],
      bindings: ["clock"],
    },
    "from-runtime",
  );
  const { channel, wantsEvents } = await connectionTo(port, "grpc");
  expect(channel.subscriptions?.map(({ topic }) => topic)).toEqual(["a"]);
  expect(channel.bindings).toEqual(["clock"]);
  expect([await wantsEvents("clock"), await wantsEvents("other")]).toEqual([true, false]);
  const call = context({ "x-trace": "abc", "dapr-api-token": "of-caller" });
  expect((await channel.invoke?.(invokeRequest("m", ""), call))?.data?.value.toString()).toBe("grpc");
  expect(call.headers).toMatchObject({ "x-answer": "42" });
  expect(seen[0]).toMatchObject({ "x-trace": "abc", "dapr-api-token": "from-runtime" });
  expect(await failureOf(Promise.resolve(channel.invoke?.(invokeRequest("fail", ""), context())))).toMatchObject({
    code: "FAILED_PRECONDITION",
    message: "out of stock",
  });
  const trace = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "grpc-trace-bin": "AAAK" };
  expect((await channel.topic?.(event("text/plain", "x"), context(trace)))?.status).toBe(Status.DROP);
  expect(seen.at(-1)).toMatchObject(trace);
  await channel.health?.();
});

test("properties of a message and the name of its pub/sub come to a gRPC app as metadata, as daprd sends them", async () => {
  const seen: Metadata[] = [];
  const note: (metadata: Metadata) => void = (metadata) => seen.push(metadata);
  const port = await grpcApp(
    {
      topic: (_event, { metadata }) => {
        note(metadata);
        return Promise.resolve({ status: Status.SUCCESS });
      },
      bulkTopic: (_request, { metadata }) => {
        note(metadata);
        return Promise.resolve({ statuses: [] });
      },
    },
    "from-runtime",
  );
  const { channel } = await connectionTo(port, "grpc");
  const properties = {
    ...{ "cloudevent.Type": "paid", Keys: "a b", city: "杭州", "content-type": "text/x", "dapr-api-token": "mine" },
    ...{ "a b": "no name", "raw-bin": "no bytes", traceparent: "of the publisher" },
  };
  const message = { id: "1", attempt: 1, data: Buffer.from("x"), metadata: properties };
  const trace = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
  await channel.topic?.(noteMessage(event("text/plain", "x"), message, false), context(trace));
  const { "user-agent": _agent, ...carried } = seen[0] ?? {};
  const expected = { "cloudevent.type": "paid", keys: "a b", "dapr-api-token": "from-runtime", pubsubname: "events" };
  expect(carried).toEqual({ ...expected, ...trace });
  const bulk = { ...appCallback.TopicEventBulkRequest.fromPartial({}), pubsubName: "events", path: "/on" };
  await channel.bulkTopic?.(bulk, context());
  expect(seen[1]).toMatchObject({ pubsubname: "events" });
});

test("an app over gRPC and its caller get data, if empty, and nothing of what runtimes tell each other", async () => {
  const asked: unknown[] = [];
  const port = await grpcApp(
    {
      invoke: (request, { metadata }) => {
        asked.push(request.data?.value.length, metadata["mecha-whole-answer"]);
        return Promise.resolve({ contentType: "" });
      },
    },
    "from-runtime",
  );
  const { channel } = await connectionTo(port, "grpc");
  const reply = await channel.invoke?.({ method: "m", contentType: "" }, context({ "mecha-whole-answer": "1" }));
  expect([asked, reply?.data?.value.length]).toEqual([[0, undefined], 0]);
});

async function grpcApp(channel: AppChannel, token: string): Promise<number> {
  // A port that was free a moment ago: the server does not say which it took.
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const stop = await serveAppCallback(
    channel,
    { port },
    {
      authorize: (headers) => {
        if (headers["dapr-api-token"] !== token) throw new MechaError("UNAUTHENTICATED", "no token");
      },
      maximumMessageBytes: 1_000_000,
      graceMs: 100,
    },
  );
  onTestFinished(stop);
  return port;
}
