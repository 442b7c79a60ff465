import { daprMethods, PushQueue, type pubsub, takeReady } from "@mecha/sdk-core/protocol";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { handlerTable } from "../handler-table.js";
import { createInProcessTransport } from "./in-process-transport.js";

type Request = pubsub.SubscribeTopicEventsRequestAlpha1;
type Response = pubsub.SubscribeTopicEventsResponseAlpha1;

const opened: Response = { subscribeTopicEventsResponseType: { $case: "initialResponse", value: {} } };

function event(bytes: number): Response {
  const names = { id: "1", source: "s", type: "t", specVersion: "1.0", dataContentType: "text/plain" };
  const value = { ...names, data: Buffer.alloc(bytes), topic: "orders", pubsubName: "events", path: "/" };
  return { subscribeTopicEventsResponseType: { $case: "eventMessage", value } };
}

function processed(id: string): Request {
  return { subscribeTopicEventsRequestType: { $case: "eventProcessed", value: { id, status: undefined } } };
}

/** A subscription whose both ends are in hand. */
function openStream(): {
  readonly toApp: PushQueue<Response>;
  readonly fromApp: PushQueue<Request>;
  readonly responses: AsyncIterator<Response>;
  readonly requests: () => AsyncIterator<Request>;
} {
  const toApp = new PushQueue<Response>();
  const fromApp = new PushQueue<Request>();
  let requests: AsyncIterable<Request> | undefined;
  const transport = createInProcessTransport({
    handlers: handlerTable({
      subscribeTopicEventsAlpha1: (given) => {
        requests = given;
        return toApp;
      },
    }),
    maxMessageBytes: 1_000,
    openNativeSession: async () => new PassThrough(),
    openAppGrpc: async () => new PassThrough(),
  });
  const responses = transport.stream(daprMethods.subscribeTopicEventsAlpha1, fromApp)[Symbol.asyncIterator]();
  return { toApp, fromApp, responses, requests: () => requests![Symbol.asyncIterator]() };
}

test("responses that are there are read without waiting, up to one that is too large", async () => {
  const { toApp, responses } = openStream();
  for (const response of [opened, event(1), event(2), event(1_001)]) toApp.push(response);
  expect(takeReady(responses)).toBeUndefined();
  expect((await responses.next()).value).toEqual(opened);
  expect([takeReady(responses), takeReady(responses), takeReady(responses)]).toEqual([event(1), event(2), undefined]);
  await expect(responses.next()).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect(takeReady(responses)).toBeUndefined();
  expect(await responses.next()).toEqual({ done: true, value: undefined });
});

test("requests that are there are read without waiting, up to one that is too large", async () => {
  const { fromApp, responses, toApp, requests } = openStream();
  toApp.push(opened);
  await responses.next();
  const incoming = requests();
  for (const id of ["1", "2", "x".repeat(1_001)]) fromApp.push(processed(id));
  expect(takeReady(incoming)).toEqual(processed("1"));
  expect((await incoming.next()).value).toEqual(processed("2"));
  expect(takeReady(incoming)).toBeUndefined();
  await expect(incoming.next()).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect(await incoming.next()).toEqual({ done: true, value: undefined });
});

test("nothing is ready of a call that has ended", async () => {
  const { fromApp, responses, toApp, requests } = openStream();
  toApp.push(opened);
  await responses.next();
  const incoming = requests();
  await responses.return?.();
  fromApp.push(processed("1"));
  toApp.push(event(1));
  expect(takeReady(incoming)).toBeUndefined();
  expect(takeReady(responses)).toBeUndefined();
});
