import { MechaError } from "@mecha/spec";
import { expect, it, onTestFinished } from "vitest";
import { daprMethods } from "../dapr-methods.js";
import type { SubscribeTopicEventsResponseAlpha1 } from "../generated/dapr/proto/runtime/v1/pubsub.js";
import { PushQueue } from "../stream/push-queue.js";
import type { CallContext } from "../transport/handler.js";
import { createGrpcTransport } from "./grpc-transport.js";
import { methodHandlers } from "./method-handler.js";
import { createGrpcServer } from "./server.js";

type Reply = SubscribeTopicEventsResponseAlpha1;

function replyOf(id: number, size = 0): Reply {
  const attributes = {
    source: "",
    type: "",
    specVersion: "",
    dataContentType: "",
    topic: "",
    pubsubName: "",
    path: "",
  };
  const value = { id: String(id), data: Buffer.alloc(size), extensions: undefined, ...attributes };
  return { subscribeTopicEventsResponseType: { $case: "eventMessage", value } };
}

function idOf(result: IteratorResult<Reply, unknown>): number | undefined {
  const content = result.done === true ? undefined : result.value.subscribeTopicEventsResponseType;
  return content?.$case === "eventMessage" ? Number(content.value.id) : undefined;
}

/** A call to a server that answers as the test says. */
async function callTo(answer: (context: CallContext) => AsyncIterable<Reply>, signal?: AbortSignal) {
  const { subscribeTopicEventsAlpha1 } = daprMethods;
  const server = createGrpcServer(
    methodHandlers(daprMethods, { subscribeTopicEventsAlpha1: (_requests, context) => answer(context) }),
  );
  onTestFinished(() => server.close({ graceMs: 100 }));
  const address = await server.listen({ port: 0 });
  const transport = createGrpcTransport({ address: `127.0.0.1:${"port" in address ? address.port : ""}` });
  onTestFinished(() => transport.close());
  const open = () =>
    transport.stream(subscribeTopicEventsAlpha1, new PushQueue(), signal === undefined ? {} : { signal });
  return { transport, open, replies: open()[Symbol.asyncIterator]() };
}

it("gives every reply in order to a reader that is slower than they come", async () => {
  const count = 200;
  const { replies } = await callTo(async function* () {
    for (let id = 0; id < count; id++) yield replyOf(id, 1000);
  });
  const ids: (number | undefined)[] = [];
  for (let id = 0; id < count; id++) {
    ids.push(idOf(await replies.next()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
  expect((await replies.next()).done).toBe(true);
});

it("gives the error of a call once, after its replies", async () => {
  const { replies } = await callTo(async function* () {
    yield replyOf(1);
    throw new MechaError("ABORTED", "that is all");
  });
  expect(idOf(await replies.next())).toBe(1);
  await expect(replies.next()).rejects.toMatchObject({ code: "ABORTED", message: "that is all" });
  expect((await replies.next()).done).toBe(true);
});

it("does not ask for more than a reader takes", async () => {
  let sent = 0;
  const { replies } = await callTo(async function* () {
    for (;;) yield replyOf(sent++, 64 * 1024);
  });
  await replies.next();
  let before = -1;
  // Until the other side has stood still for a while, its buffers and ours full.
  while (before !== sent) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(sent).toBeLessThan(400);
  for (let read = 0; read < before + 10; read++) expect(idOf(await replies.next())).toBe(read + 1);
  await replies.return?.();
});

it("answers readers that wait side by side, and all of them when the stream ends", async () => {
  const { replies } = await callTo(async function* () {
    yield replyOf(1);
    yield replyOf(2);
  });
  const results = await Promise.all([replies.next(), replies.next(), replies.next(), replies.next()]);
  expect(results.map(idOf)).toEqual([1, 2, undefined, undefined]);
});

it("hangs up when it is left, and lets the reader go that waits", async () => {
  let cutOff: () => void = () => undefined;
  const isCutOff = new Promise<void>((resolve) => (cutOff = resolve));
  const { replies } = await callTo(async function* ({ signal }) {
    signal.addEventListener("abort", cutOff);
    yield replyOf(1);
    await isCutOff;
  });
  await replies.next();
  const waiting = replies.next();
  await replies.return?.();
  expect((await waiting).done).toBe(true);
  await isCutOff;
  expect((await replies.next()).done).toBe(true);
});

it("ends with the caller's reason, before and during the call", async () => {
  const stopping = new AbortController();
  const { replies, open } = await callTo(async function* ({ signal }) {
    yield replyOf(1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }, stopping.signal);
  await replies.next();
  const waiting = replies.next();
  stopping.abort();
  await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  await expect(open()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "CANCELLED" });
});

it("ends with what the source of its requests threw", async () => {
  const { transport } = await callTo(async function* () {
    yield replyOf(1);
    await new Promise(() => undefined);
  });
  const broken = async function* () {
    yield {};
    await Promise.reject(new MechaError("DATA_LOSS", "a page is missing"));
  };
  const replies = transport.stream(daprMethods.subscribeTopicEventsAlpha1, broken())[Symbol.asyncIterator]();
  const read = async (): Promise<void> => {
    while ((await replies.next()).done !== true);
  };
  await expect(read()).rejects.toMatchObject({ code: "DATA_LOSS", message: "a page is missing" });
  expect((await replies.next()).done).toBe(true);
});

it("fails once on a closed connection, and is over then", async () => {
  const { transport, open } = await callTo(async function* () {
    yield replyOf(1);
  });
  await transport.close();
  const late = open()[Symbol.asyncIterator]();
  await expect(late.next()).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  expect((await late.next()).done).toBe(true);
});
