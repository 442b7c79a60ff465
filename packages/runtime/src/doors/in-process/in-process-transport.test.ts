import { daprMethods, nativeSessionPath, state, type DaprHandlers } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { handlerTable } from "../handler-table.js";
import { createInProcessTransport } from "./in-process-transport.js";

function transportOf(handlers: DaprHandlers, maxMessageBytes = 1_000) {
  return createInProcessTransport({
    handlers: handlerTable(handlers),
    maxMessageBytes,
    openNativeSession: async () => new PassThrough(),
    openAppGrpc: async () => new PassThrough(),
  });
}

const request = state.GetStateRequest.fromPartial({ storeName: "s", key: "k", metadata: { a: "1" } });
const empty = { data: Buffer.alloc(0), etag: "", metadata: {} };

test("a handler gets a request of its own", async () => {
  let seen: unknown;
  const transport = transportOf({
    getState: async (received) => {
      seen = received;
      received.metadata["a"] = "changed";
      return empty;
    },
  });

  await transport.unary(daprMethods.getState, request);

  expect(seen).not.toBe(request);
  expect(request.metadata).toEqual({ a: "1" });
});

test("a method without a handler is UNIMPLEMENTED", async () => {
  await expect(transportOf({}).unary(daprMethods.getState, request)).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
    message: expect.stringContaining("GetState"),
  });
});

test("a deadline ends the call and aborts the handler's signal", async () => {
  let aborted: unknown;
  const transport = transportOf({
    getState: async (_, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          aborted = signal.reason;
          resolve(empty);
        });
      }),
  });

  await expect(transport.unary(daprMethods.getState, request, { deadline: Date.now() + 10 })).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
  });
  expect(aborted).toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await expect(transport.unary(daprMethods.getState, request, { deadline: Date.now() - 1 })).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
  });
});

test("a caller that gives up gets CANCELLED, before the call and during it", async () => {
  let begun = (): void => undefined;
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  const transport = transportOf({
    getState: async () => {
      begun();
      return new Promise(() => undefined);
    },
  });
  const stopping = new AbortController();
  const call = transport.unary(daprMethods.getState, request, { signal: stopping.signal });
  await beginning;
  stopping.abort();
  await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
  await expect(transport.unary(daprMethods.getState, request, { signal: stopping.signal })).rejects.toMatchObject({
    code: "CANCELLED",
  });
});

test("messages larger than the limit are RESOURCE_EXHAUSTED, in both directions", async () => {
  const transport = transportOf({
    saveState: async () => ({}),
    getState: async () => ({ ...empty, data: Buffer.alloc(1_001) }),
  });
  const save = (bytes: number) =>
    transport.unary(daprMethods.saveState, {
      storeName: "s",
      states: [{ key: "k", value: Buffer.alloc(bytes), metadata: {} }],
    });

  await save(900);
  await expect(save(1_000)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  await expect(transport.unary(daprMethods.getState, request)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
});

test("what is no MechaError becomes one, with its cause", async () => {
  const cause = new RangeError("broken");
  const transport = transportOf({ getState: async () => Promise.reject(cause) });
  await expect(transport.unary(daprMethods.getState, request)).rejects.toMatchObject({
    code: "UNKNOWN",
    cause,
    message: expect.stringContaining("broken"),
  });
});

test("header and trailer reach the caller, metadata reaches the handler", async () => {
  const received: unknown[] = [];
  const transport = transportOf({
    getState: async (_, context) => {
      received.push(context.metadata);
      context.setHeader("X-One", "1");
      context.setTrailer("x-two", "2");
      return empty;
    },
  });
  await transport.unary(daprMethods.getState, request, {
    metadata: { asked: "yes" },
    onHeader: (header) => received.push(header),
    onTrailer: (trailer) => received.push(trailer),
  });
  expect(received).toEqual([{ asked: "yes" }, { "x-one": "1" }, { "x-two": "2" }]);
});

test("a reader that stops ends the handler, and its cleaning up is waited for", async () => {
  let cleaned = false;
  const transport = transportOf({
    subscribeConfiguration: async function* (_, { signal }) {
      try {
        yield { id: "1", items: {} };
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      } finally {
        cleaned = true;
      }
    },
  });
  async function* requests() {
    yield { storeName: "s", keys: [], metadata: {} };
  }
  for await (const _ of transport.stream(daprMethods.subscribeConfiguration, requests())) break;
  expect(cleaned).toBe(true);
});

test("closing ends calls under way with UNAVAILABLE and refuses new ones; draining waits for them first", async () => {
  let finish = (): void => undefined;
  const handlers: DaprHandlers = { getState: () => new Promise((resolve) => (finish = () => resolve(empty))) };
  const closed = transportOf(handlers);
  const call = closed.unary(daprMethods.getState, request);
  await closed.close();
  await expect(call).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(closed.unary(daprMethods.getState, request)).rejects.toMatchObject({ code: "UNAVAILABLE" });

  const drained = transportOf(handlers);
  const slow = drained.unary(daprMethods.getState, request);
  const draining = drained.drain(10_000);
  finish();
  expect(await slow).toEqual(empty);
  await draining;
});

test("raw channels other than native sessions are UNIMPLEMENTED", async () => {
  const transport = transportOf({});
  expect(await transport.openRaw(nativeSessionPath, { component: "s" })).toBeInstanceOf(PassThrough);
  const failure: unknown = await transport.openRaw("/some.Service/Method", {}).catch((error: unknown) => error);
  expect(MechaError.is(failure) && failure.code).toBe("UNIMPLEMENTED");
});
