import { expect, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import {
  ActorRuntime_ActorRuntimeStatus,
  GetMetadataResponse,
  PubsubSubscriptionType,
} from "../generated/dapr/proto/runtime/v1/metadata.js";

it("reads all that a runtime says of itself", async () => {
  const response = GetMetadataResponse.fromPartial({
    id: "shop",
    runtimeVersion: "1.18.2",
    registeredComponents: [{ name: "store", type: "state.redis", version: "v1", capabilities: ["ETAG"] }],
    extendedMetadata: { "mecha.backend.store": "redis:1" },
    subscriptions: [
      {
        pubsubName: "events",
        topic: "t",
        type: PubsubSubscriptionType.DECLARATIVE,
        deadLetterTopic: "dead",
        metadata: { a: "1" },
        rules: { rules: [{ match: "event.type == 'x'", path: "/x" }, { path: "/other" }] },
      },
      { pubsubName: "events", topic: "u", type: PubsubSubscriptionType.UNRECOGNIZED },
    ],
    httpEndpoints: [{ name: "bank" }],
    appConnectionProperties: {
      port: 3000,
      protocol: "http",
      channelAddress: "127.0.0.1",
      maxConcurrency: 5,
      health: { healthCheckPath: "/well", healthProbeInterval: "5s", healthProbeTimeout: "1s", healthThreshold: 3 },
    },
    actorRuntime: {
      runtimeStatus: ActorRuntime_ActorRuntimeStatus.RUNNING,
      hostReady: true,
      placement: "connected",
      activeActors: [{ type: "Cart", count: 2 }],
    },
    scheduler: { connectedAddresses: ["127.0.0.1:1"] },
    workflows: { connectedWorkers: 4 },
    mcpServers: [{ name: "tools" }],
    workflowAccessPolicies: [{ name: "who" }],
    resiliencies: [{ name: "again" }],
    enabledFeatures: ["HotReload"],
  });
  const mecha = (await testSidecar({ getMetadata: () => Promise.resolve(response) })).connect();
  expect(await mecha.metadata()).toEqual({
    appId: "shop",
    runtimeVersion: "1.18.2",
    components: [{ name: "store", type: "state.redis", version: "v1", capabilities: ["ETAG"], backend: "redis:1" }],
    subscriptions: [
      {
        pubsubName: "events",
        topic: "t",
        type: "declarative",
        deadLetterTopic: "dead",
        metadata: { a: "1" },
        rules: [{ match: "event.type == 'x'", path: "/x" }, { path: "/other" }],
      },
      { pubsubName: "events", topic: "u", type: "unknown", metadata: {}, rules: [] },
    ],
    actorRuntime: {
      status: "running",
      isHostReady: true,
      placement: "connected",
      activeActors: [{ type: "Cart", count: 2 }],
    },
    appConnection: {
      port: 3000,
      protocol: "http",
      host: "127.0.0.1",
      maxConcurrency: 5,
      healthCheck: { path: "/well", interval: "5s", timeout: "1s", threshold: 3 },
    },
    schedulers: ["127.0.0.1:1"],
    workflowWorkers: 4,
    httpEndpoints: ["bank"],
    resiliencies: ["again"],
    mcpServers: ["tools"],
    workflowAccessPolicies: ["who"],
    enabledFeatures: ["HotReload"],
    extended: { "mecha.backend.store": "redis:1" },
  });
});

it("notes what it is told, and refuses an empty key", async () => {
  const noted: [string, string][] = [];
  const shutdowns: (string | undefined)[] = [];
  const sidecar = await testSidecar({
    setMetadata: ({ key, value }) => {
      noted.push([key, value]);
      return Promise.resolve({});
    },
    shutdown: (_, { metadata }) => {
      shutdowns.push(metadata["dapr-force-shutdown"]);
      return Promise.resolve({});
    },
  });
  const mecha = sidecar.connect();
  await mecha.setMetadata("release", "42");
  await expect(mecha.setMetadata("", "42")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(noted).toEqual([["release", "42"]]);
  await mecha.shutdownRuntime();
  await mecha.shutdownRuntime({ force: true });
  expect(shutdowns).toEqual([undefined, "true"]);
});
