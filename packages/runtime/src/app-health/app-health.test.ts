import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { componentYaml } from "@mecha/conformance";
import { createGrpcServer, methodHandlers } from "@mecha/sdk-core/grpc";
import { appCallbackMethods, daprMethods } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import { testRuntime } from "../../test/runtime-fixture.js";
import type { Runtime } from "../runtime.js";
import { AppHealth } from "./app-health.js";

const files = { "events.yaml": componentYaml("events", "pubsub.in-memory") };
const healthCheck = { intervalMs: 20, timeoutMs: 5_000, threshold: 2 };
const patience = { timeout: 20_000, interval: 20 };
const never = new AbortController().signal;

/** An app over HTTP whose health can be set, and which says what it was asked. */
async function httpApp(): Promise<{ readonly port: number; readonly asked: string[]; isWell: boolean }> {
  const asked: string[] = [];
  const app = { port: 0, asked, isWell: false };
  const server: Server = createServer((request, response) => {
    const { url = "" } = request;
    request.resume();
    if (url === "/healthz") response.writeHead(app.isWell ? 204 : 503).end();
    else {
      asked.push(url);
      const subscriptions = [{ pubsubname: "events", topic: "paid", route: "paid" }];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(url === "/dapr/subscribe" ? JSON.stringify(subscriptions) : "{}");
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  app.port = (server.address() as AddressInfo).port;
  return app;
}

const invocation = { method: "reserve", contentType: "", httpExtension: { verb: 1, querystring: "" } };

/** What an invocation of the app comes to: "done", or the message of its error. */
async function invoke({ transport }: Runtime): Promise<string> {
  try {
    await transport.unary(daprMethods.invokeService, { id: "test-app", message: invocation });
    return "done";
  } catch (error) {
    return MechaError.from(error).message;
  }
}

async function publish({ transport }: Runtime): Promise<void> {
  const event = { pubsubName: "events", topic: "paid", dataContentType: "text/plain", metadata: {} };
  await transport.unary(daprMethods.publishEvent, { ...event, data: Buffer.from("1") });
}

test("an app that is not well is asked nothing, gets no events, and invocations of it are refused, until it is well", async () => {
  const app = await httpApp();
  const runtime = await testRuntime(files, { metrics: true });
  const connected = runtime.connectApp({ port: app.port, protocol: "http", healthCheck }, never);
  await expect.poll(() => invoke(runtime), patience).toContain("app is not in a healthy state");
  expect(app.asked).toEqual([]);

  app.isWell = true;
  const disconnect = await connected;
  expect(app.asked).toContain("/dapr/subscribe");
  await publish(runtime);
  await expect.poll(() => app.asked, patience).toContain("/paid");
  expect(await invoke(runtime)).toBe("done");

  app.isWell = false;
  await expect.poll(() => invoke(runtime), patience).toContain("app is not in a healthy state");
  app.asked.length = 0;
  await publish(runtime);
  expect(app.asked).toEqual([]);

  app.isWell = true;
  await expect.poll(() => app.asked, patience).toEqual(["/paid"]);
  await expect.poll(() => invoke(runtime), patience).toBe("done");
  const page = (await runtime.metrics?.text()) ?? "";
  expect(page).toMatch(/dapr_http_healthprobes_completed_count\{app_id="test-app",status="503"\} [1-9]/u);
  await disconnect();
});

test("an app over gRPC is probed by its health check, and one that never becomes well is waited for until the caller gives up", async () => {
  let isWell = false;
  const handlers = methodHandlers(appCallbackMethods, {
    onInvoke: () => Promise.resolve({ contentType: "text/plain" }),
    healthCheck: () => (isWell ? Promise.resolve({}) : Promise.reject(new MechaError("UNAVAILABLE", "not yet"))),
  });
  const server = createGrpcServer(handlers, { maximumMessageBytes: 1024 });
  onTestFinished(() => server.close());
  const listening = await server.listen({ port: 0 });
  const runtime = await testRuntime(files, { metrics: true });
  const endpoint = { port: "port" in listening ? listening.port : 0, protocol: "grpc", healthCheck } as const;
  const giveUp = new AbortController();
  const waiting = runtime.connectApp(endpoint, giveUp.signal);
  giveUp.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");

  const connected = runtime.connectApp(endpoint, never);
  isWell = true;
  const disconnect = await connected;
  expect(await invoke(runtime)).toBe("done");
  const page = (await runtime.metrics?.text()) ?? "";
  expect(page).toMatch(/dapr_grpc_io_healthprobes_completed_count\{app_id="test-app",grpc_client_status="OK"\} [1-9]/u);
  expect(page).toMatch(/grpc_io_client_completed_rpcs\{[^}]*AppCallback\/OnInvoke",grpc_client_status="OK"\} 1/u);
  await disconnect();
});

test("one good probe makes an app well, and only as many failed ones in a row as the threshold make it unwell", async () => {
  const answers = [false, true, false, true, false, false, false];
  const heard: string[] = [];
  let resolve = (): void => undefined;
  const done = new Promise<void>((settle) => (resolve = settle));
  const health = new AppHealth(
    { ...healthCheck, intervalMs: 1 },
    () => {
      const isWell = answers.shift() ?? false;
      if (answers.length === 0) resolve();
      heard.push(isWell ? "good" : "bad");
      return isWell ? Promise.resolve() : Promise.reject(new Error("bad"));
    },
    { onHealthy: () => heard.push("well"), onUnhealthy: () => heard.push("unwell") },
  );
  health.start();
  await done;
  await health.close();
  expect(heard).toEqual(["bad", "good", "well", "bad", "good", "bad", "bad", "unwell", "bad"]);
});
