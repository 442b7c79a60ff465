import { createRuntime, serveGrpc } from "@mecha/runtime";
import { MechaError } from "@mecha/spec";
import { expect, it, onTestFinished } from "vitest";
import { componentYaml, temporaryFolder, testRuntime } from "../../test/mecha-fixture.js";
import { createGrpcTransport } from "../grpc/grpc-transport.js";
import type { Transport } from "../transport/transport.js";
import { createPubSub } from "./pub-sub.js";
import { OpenResources } from "../connection/open-resources.js";
import { openSubscription } from "./open-subscription.js";

const events = componentYaml("events", "pubsub.in-memory", { redeliverInterval: "10ms" });
const target = { pubsubName: "events", topic: "t" };
const publish = (transport: Transport) => {
  const connection = { transport, mode: "sidecar" as const, close: () => Promise.resolve() };
  return createPubSub({ transport, connection, open: new OpenResources(), appId: "test" }, "events").publish("t", 1);
};

/** A transport whose stream calls do what the test says. */
function streaming(stream: Transport["stream"]): Transport {
  return {
    unary: () => Promise.reject(new Error("not used")),
    openRaw: () => Promise.reject(new Error("not used")),
    close: () => Promise.resolve(),
    stream,
  };
}

it("reopens the stream when the runtime comes back, and gets what is published then", async () => {
  const folder = await temporaryFolder({ "events.json": events });
  const start = async (port: number) => {
    const runtime = await createRuntime({ appId: "under-test", resourcesPaths: [folder], drainTimeoutMs: 100 });
    const door = await serveGrpc(runtime, { port });
    return { door, close: () => Promise.all([door.close(), runtime.close()]) };
  };
  const first = await start(0);
  const transport = createGrpcTransport({ address: first.door.address });
  onTestFinished(() => transport.close());
  const errors: [string, boolean][] = [];
  let received = 0;
  const subscription = openSubscription(transport, target, async () => (received++, "success"), {
    onError: ({ code }, fatal) => errors.push([code, fatal]),
  });
  await subscription.ready;
  await first.close();
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  const second = await start(Number(first.door.address.split(":")[1]));
  onTestFinished(async () => {
    await second.close();
  });
  await expect
    .poll(async () => (await publish(transport).catch(() => undefined), received), { timeout: 10_000 })
    .toBeGreaterThan(0);
  expect(new Set(errors.map(([, fatal]) => fatal))).toEqual(new Set([false]));
  await subscription.close();
  await subscription.ended;
});

it("ends for good when the runtime refuses it", async () => {
  const { transport } = await testRuntime([events]);
  const errors: [string, boolean][] = [];
  const subscription = openSubscription(transport, { ...target, pubsubName: "nowhere" }, async () => "success", {
    onError: ({ message }, fatal) => errors.push([message, fatal]),
  });
  await expect(subscription.ready).rejects.toThrow("nowhere");
  await expect(subscription.ended).rejects.toThrow("nowhere");
  expect(errors).toEqual([[expect.stringContaining("nowhere"), true]]);
  await subscription.close();
});

it("closes at once while no runtime has answered yet", async () => {
  // eslint-disable-next-line require-yield -- it answers with nothing at all
  const hanging = streaming(async function* (_method, _requests, options) {
    await new Promise((_resolve, reject) => {
      options?.signal?.addEventListener("abort", () => reject(new MechaError("CANCELLED", "hung up")));
    });
  });
  const subscription = openSubscription(hanging, target, async () => "success");
  await subscription.close();
  await subscription.ready;
  await subscription.ended;
});

it("hangs up on a runtime that does not end the stream", { timeout: 10_000 }, async () => {
  const deaf = streaming(async function* (_method, _requests, options) {
    yield { subscribeTopicEventsResponseType: { $case: "initialResponse", value: {} } } as never;
    await new Promise((_resolve, reject) => {
      options?.signal?.addEventListener("abort", () => reject(new MechaError("CANCELLED", "hung up")));
    });
  });
  const subscription = openSubscription(deaf, target, async () => "success");
  await subscription.ready;
  await Promise.all([subscription.close(), subscription.close()]);
  await subscription.ended;
});

it("says that a handler failed and has the event delivered again; a listener that throws does not end it", async () => {
  const { transport } = await testRuntime([events]);
  const errors: string[] = [];
  let deliveries = 0;
  const handle = async () => {
    if (++deliveries === 1) throw new Error("out of paper");
    return "success" as const;
  };
  const subscription = openSubscription(transport, target, handle, { onError: ({ message }) => errors.push(message) });
  await subscription.ready;
  await publish(transport);
  await expect.poll(() => deliveries).toBe(2);
  expect(errors).toEqual([
    expect.stringMatching(/^The handler of event .+ of topic "t" of "events" failed, .+: out of paper$/),
  ]);
  await subscription.close();
});

it("has an event delivered again whose handler answers with no outcome of ours, also over gRPC", async () => {
  const door = await serveGrpc(await testRuntime([events]), { port: 0 });
  onTestFinished(() => door.close());
  const transport = createGrpcTransport({ address: door.address });
  onTestFinished(() => transport.close());
  const errors: string[] = [];
  let deliveries = 0;
  // What code without types may answer.
  const handle = async () => (++deliveries === 1 ? ("done" as unknown as "success") : ("success" as const));
  const subscription = openSubscription(transport, target, handle, { onError: ({ message }) => errors.push(message) });
  await subscription.ready;
  await publish(transport);
  await expect.poll(() => deliveries).toBe(2);
  expect(errors).toEqual([]);
  await subscription.close();
});

it("waits for the handler under way when it is closed, and takes its acknowledgement along", async () => {
  const { transport } = await testRuntime([events]);
  let finish = (): void => undefined;
  let begun = false;
  const subscription = openSubscription(transport, target, async () => {
    begun = true;
    await new Promise<void>((resolve) => (finish = resolve));
    return "success";
  });
  await subscription.ready;
  await publish(transport);
  await expect.poll(() => begun).toBe(true);
  let closed = false;
  const closing = subscription.close().then(() => (closed = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  finish();
  await closing;
  const seen: string[] = [];
  const next = openSubscription(transport, target, async ({ id }) => (seen.push(id), "success"));
  await next.ready;
  await publish(transport);
  await expect.poll(() => seen.length).toBe(1);
  await next.close();
  expect(seen).toHaveLength(1);
});
