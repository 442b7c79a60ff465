import { freePortFamily } from "@mecha/engines";
import { trace } from "@opentelemetry/api";
import { describe, expect, it, onTestFinished } from "vitest";
import { mechaOver, testRuntime } from "../../test/mecha-fixture.js";
import { registerTelemetry } from "../../test/telemetry-fixture.js";
import { appCallbackMethods } from "../generated/methods/app-callback.js";
import { createGrpcTransport } from "../grpc/grpc-transport.js";
import type { Transport } from "../transport/transport.js";
import type { Host, HostOptions } from "./host.js";
import { InvocationReply } from "./invocation-reply.js";

const subscription = { match: 'event.type == "a"' };

/** A host with one handler of each kind that a sidecar calls, and its port. */
async function startHost(options: HostOptions, add: (host: Host) => Host): Promise<{ host: Host; port: number }> {
  const mecha = await mechaOver(await testRuntime([]), "gRPC");
  const port = await freePortFamily([0]);
  const host = add(mecha.host({ appPort: port, onError: () => undefined, ...options }));
  await host.start();
  return { host, port };
}

/** Counts what begins, and lets it end when told. */
function gate() {
  let open = (): void => undefined;
  let begin = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const pass = async (): Promise<string> => {
    begin();
    await opened;
    return "done";
  };
  return { open: () => open(), begun, pass };
}

describe("the HTTP host", () => {
  const start = async (options: HostOptions, add: (host: Host) => Host) => {
    const started = await startHost({ appProtocol: "http", ...options }, add);
    const url = `http://127.0.0.1:${started.port}`;
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    return { ...started, url, post };
  };

  it("asks for the app's token everywhere but where daprd probes health, which has none", async () => {
    const { url, post } = await start({ appApiToken: "secret" }, (host) =>
      host.onInvoke("m", () => 1).onHealth(() => undefined),
    );
    for (const headers of [{}, { "dapr-api-token": "wrong" }] as Record<string, string>[]) {
      const refused = await post("/m", {}, headers);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ errorCode: "UNAUTHENTICATED" });
    }
    expect(await (await post("/m", {}, { "dapr-api-token": "secret" })).json()).toBe(1);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/healthz/other`)).status).toBe(401);
    expect((await fetch(`${url}/dapr/subscribe`)).status).toBe(401);
  });

  it("listens on the loopback address only", async () => {
    const { port } = await start({}, (host) => host.onInvoke("m", () => 1));
    await expect(fetch(`http://[::1]:${port}/m`)).rejects.toThrow("fetch failed");
  });

  it("tells daprd the topics, the input bindings, and nothing that there is not", async () => {
    const { url } = await start({}, (host) =>
      host
        .onTopic("events", "orders", async () => undefined, { deadLetterTopic: "dead" })
        .onTopic("events", "orders", async () => undefined, subscription)
        .onBulkTopic("events", "lines", async () => undefined, { rawPayload: true, bulk: { maxMessagesCount: 3 } })
        .onTopic("events", "declared", async () => undefined, { route: "/declared" })
        .onBinding("tick", () => undefined)
        .onBinding("tock", () => undefined, { route: "/other" })
        .onInvoke("*", () => "all"),
    );
    expect(await (await fetch(`${url}/dapr/subscribe`)).json()).toEqual([
      {
        pubsubname: "events",
        topic: "orders",
        metadata: {},
        deadLetterTopic: "dead",
        routes: {
          rules: [{ match: 'event.type == "a"', path: "/mecha/topics/0-events-orders/0" }],
          default: "/mecha/topics/0-events-orders/1",
        },
      },
      {
        pubsubname: "events",
        topic: "lines",
        metadata: { rawPayload: "true" },
        routes: { rules: [], default: "/mecha/topics/1-events-lines/0" },
        bulkSubscribe: { enabled: true, maxMessagesCount: 3, maxAwaitDurationMs: 0 },
      },
    ]);
    const options = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(url + path, { method: "OPTIONS", headers })).status;
    expect(await options("/tick")).toBe(200);
    expect(await options("/other")).toBe(200);
    // A handler for all methods must not make daprd think that the app wants the events of every binding.
    expect(await options("/tock")).toBe(404);
    expect(await options("/tock", { "dapr-caller-app-id": "somebody" })).toBe(200);
  });

  it("asks again for an event that it cannot read, or that no handler takes: daprd would drop it at 404", async () => {
    const { post, url } = await start({}, (host) => host.onTopic("events", "t", async () => undefined, subscription));
    const [{ routes }] = (await (await fetch(`${url}/dapr/subscribe`)).json()) as [
      { routes: { rules: [{ path: string }] } },
    ];
    const type = { "content-type": "application/cloudevents+json" };
    expect((await post(routes.rules[0].path, "no json", type)).status).toBe(500);
    expect((await post("/elsewhere", { specversion: "1.0" }, type)).status).toBe(503);
    expect((await post("/elsewhere", {})).status).toBe(404);
  });

  it("handles what a Subscription resource delivers to a route", async () => {
    const seen: unknown[] = [];
    const { post } = await start({}, (host) =>
      host.onTopic("events", "t", async ({ data, extensions }) => void seen.push(data, extensions), {
        route: "/declared",
      }),
    );
    const event = { specversion: "1.0", id: "1", datacontenttype: "text/plain", data: "hello", tenant: "acme" };
    const reply = await post("/declared", event, { "content-type": "application/cloudevents+json" });
    expect(await reply.json()).toEqual({ status: "SUCCESS" });
    expect(seen).toEqual(["hello", { tenant: "acme" }]);
  });

  it("bounds bodies, but not those that are read as a stream", async () => {
    const { post } = await start({ maximumBodyBytes: 1000 }, (host) =>
      host
        .onInvoke("whole", ({ bytes }) => bytes.length)
        .onInvoke(
          "streamed",
          async ({ body }) => {
            let length = 0;
            for await (const piece of body) length += piece.length;
            return length;
          },
          { streaming: true },
        ),
    );
    expect(await (await post("/whole", "x".repeat(1000))).json()).toBe(1000);
    const refused = await post("/whole", "x".repeat(1001));
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ errorCode: "RESOURCE_EXHAUSTED" });
    expect(await (await post("/streamed", "x".repeat(2_000_000))).json()).toBe(2_000_000);
  });

  it("streams a reply while it is made, and stops making it when the caller goes away", async () => {
    const { begun, open, pass } = gate();
    let stopped = false;
    const { url } = await start({}, (host) =>
      host.onInvoke("endless", () => {
        async function* pieces(): AsyncGenerator<Uint8Array> {
          try {
            yield Buffer.from("first");
            await pass();
            for (;;) yield Buffer.alloc(100_000);
          } finally {
            stopped = true;
          }
        }
        return new InvocationReply(pieces(), { contentType: "text/plain" });
      }),
    );
    const reply = await fetch(`${url}/endless`);
    const reader = reply.body!.getReader();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("first");
    await begun;
    await reader.cancel();
    open();
    await expect.poll(() => stopped).toBe(true);
  });

  it("lets calls under way end when it is closed, and takes no more", async () => {
    const { begun, open, pass } = gate();
    const { host, post } = await start({}, (each) => each.onInvoke("slow", pass));
    const call = post("/slow", {});
    await begun;
    const closing = host.close();
    await expect(post("/slow", {})).rejects.toThrow("fetch failed");
    open();
    expect(await (await call).json()).toBe("done");
    await closing;
  });

  it("does not wait for ever for a call that does not end", async () => {
    const { begun, pass } = gate();
    const { host, post } = await start({ drainTimeoutMs: 50 }, (each) => each.onInvoke("stuck", pass));
    const call = post("/stuck", {});
    call.catch(() => undefined);
    await begun;
    await host.close();
    await expect(call).rejects.toThrow("fetch failed");
  });

  it("continues the trace of the caller, and of an event's publisher", async () => {
    const telemetry = registerTelemetry();
    const traceparent = (id: string) => `00-${id.repeat(32)}-b7ad6b7169203331-01`;
    const { post } = await start({}, (host) =>
      host
        .onInvoke("m", () => trace.getActiveSpan()?.spanContext().traceId)
        .onTopic("events", "t", async () => undefined, { route: "/declared" }),
    );
    expect(await (await post("/m", {}, { traceparent: traceparent("a") })).json()).toBe("a".repeat(32));
    await post("/declared", {
      specversion: "1.0",
      id: "1",
      topic: "t",
      pubsubname: "events",
      traceparent: traceparent("b"),
    });
    const spans = telemetry.spans().filter(({ name }) => /^(app|pubsub)\./u.test(name));
    expect(spans.map((span) => [span.name, span.spanContext().traceId])).toEqual([
      ["app.invoke m", "a".repeat(32)],
      ["pubsub.handle t", "b".repeat(32)],
    ]);
  });
});

describe("the gRPC host", () => {
  const start = async (options: HostOptions, add: (host: Host) => Host) => {
    const started = await startHost({ appProtocol: "grpc", ...options }, add);
    const transport = createGrpcTransport({ address: `127.0.0.1:${started.port}` });
    onTestFinished(() => transport.close());
    return { ...started, transport };
  };
  const invoke = (transport: Transport, value: Buffer, metadata: Record<string, string> = {}) =>
    transport.unary(
      appCallbackMethods.onInvoke,
      { method: "m", data: { typeUrl: "", value }, contentType: "" },
      { metadata },
    );

  it("asks for the app's token, but not where daprd sends none", async () => {
    const { transport } = await start({ appApiToken: "secret" }, (host) => host.onInvoke("m", () => 1));
    const nothing = Buffer.alloc(0);
    await expect(invoke(transport, nothing)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(invoke(transport, nothing, { "dapr-api-token": "wrong" })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    const reply = await invoke(transport, nothing, { "dapr-api-token": "secret" });
    expect(reply.data?.value.toString()).toBe("1");
    await transport.unary(appCallbackMethods.healthCheck, {});
    expect(await transport.unary(appCallbackMethods.listTopicSubscriptions, {})).toEqual({ subscriptions: [] });
    expect(await transport.unary(appCallbackMethods.listInputBindings, {})).toEqual({ bindings: [] });
  });

  it("says that the app is not well, and lists what it takes", async () => {
    let isWell = false;
    const { transport } = await start({}, (host) =>
      host
        .onBinding("tick", () => undefined)
        .onTopic("events", "t", async () => undefined, { bulk: true })
        .onHealth(() => {
          if (!isWell) throw new Error("no database");
        }),
    );
    await expect(transport.unary(appCallbackMethods.healthCheck, {})).rejects.toThrow("no database");
    isWell = true;
    await transport.unary(appCallbackMethods.healthCheck, {});
    expect(await transport.unary(appCallbackMethods.listInputBindings, {})).toEqual({ bindings: ["tick"] });
    const { subscriptions } = await transport.unary(appCallbackMethods.listTopicSubscriptions, {});
    expect(subscriptions).toMatchObject([{ pubsubName: "events", topic: "t", bulkSubscribe: { enabled: true } }]);
  });

  it("bounds messages", async () => {
    const { transport } = await start({ maximumBodyBytes: 1000 }, (host) =>
      host.onInvoke("m", ({ bytes }) => bytes.length),
    );
    expect((await invoke(transport, Buffer.alloc(900))).data?.value.toString()).toBe("900");
    await expect(invoke(transport, Buffer.alloc(1100))).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("lets calls under way end when it is closed, and takes no more", async () => {
    const { begun, open, pass } = gate();
    const { host, transport } = await start({}, (each) => each.onInvoke("m", pass));
    const call = invoke(transport, Buffer.alloc(0));
    await begun;
    const closing = host.close();
    open();
    expect((await call).data?.value.toString()).toBe('"done"');
    await closing;
    await expect(invoke(transport, Buffer.alloc(0))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
