import type { LoadedComponent } from "@mecha/sdk-core";
import { describe, expect, it } from "vitest";
import type { AdapterSettings } from "./adapter-settings.js";
import {
  requirePubSub,
  resolveCacheRoute,
  resolveConfigRoute,
  resolveMqRoute,
  resolveRpcRoute,
  respSessionCapability,
} from "./resolve-route.js";

const nothing: AdapterSettings = { cache: [], mq: [], config: [], rpc: [] };
const component = (name: string, type: string, ...capabilities: string[]): LoadedComponent => ({
  name,
  type,
  version: "v1",
  capabilities,
});
const table = (components: readonly LoadedComponent[], settings: Partial<AdapterSettings> = {}) => ({
  components,
  settings: { ...nothing, ...settings },
});
const rule = <T>(match: Record<string, string>, target: T) => ({ match, target, origin: "rules.yaml:7" });

describe("finding the component", () => {
  const redis = component("redis", "state.redis", respSessionCapability);
  const sqlite = component("local", "state.sqlite");

  it("takes the only one, and a Redis in its own protocol", () => {
    expect(resolveCacheRoute(table([redis]), { host: "h" })).toMatchObject({ component: "redis", native: true });
    expect(resolveCacheRoute(table([sqlite]), { host: "h" })).toMatchObject({
      component: "local",
      native: false,
      backend: "",
    });
    expect(resolveMqRoute(table([component("events", "pubsub.redis")]), { topic: "t" })).toMatchObject({
      component: "events",
    });
    const settings = [component("settings", "configuration.file"), component("writer", "bindings.localstorage")];
    expect(resolveConfigRoute(table(settings), {})).toMatchObject({
      component: "settings",
      write: { component: "writer" },
    });
  });

  it("follows the first rule that fits", () => {
    const cache = [rule({ host: "a*" }, { state: "redis" }), rule({}, { native: "redis" })];
    expect(resolveCacheRoute(table([redis, sqlite], { cache }), { host: "ab" }).native).toBe(false);
    expect(resolveCacheRoute(table([redis, sqlite], { cache }), { host: "b" }).native).toBe(true);
    const rpc = [rule({ interface: "com.acme.*" }, { app: "inventory" })];
    expect(resolveRpcRoute(table([], { rpc }), { interface: "com.acme.Stock" }, "other")).toBe("inventory");
    expect(resolveRpcRoute(table([], { rpc }), { interface: "org.Other" }, "other")).toBe("other");
  });
});

describe("what cannot be decided says what exists and which rule to write", () => {
  const two = [component("a", "pubsub.redis"), component("b", "pubsub.sqlite")];

  it.each<[string, () => unknown, string[]]>([
    [
      "no component",
      () => resolveMqRoute(table([]), { topic: "t" }),
      ['topic "t" there is no component', "Add a component of type pubsub.*"],
    ],
    ["none at all", () => requirePubSub(table([component("s", "state.redis")])), ["there is no component", "pubsub.*"]],
    [
      "two and no rule",
      () => resolveMqRoute(table(two), { topic: "t", group: "g" }),
      ["more than one", "a (pubsub.redis), b (pubsub.sqlite)", 'mq: [{ match: { topic: "t" }, pubsub: NAME }]'],
    ],
    [
      "a name that is not loaded",
      () => resolveMqRoute(table(two, { mq: [rule({}, { pubsub: "c" })] }), {}),
      ["The rule at rules.yaml:7", '"c", which is not loaded', "a (pubsub.redis)"],
    ],
    [
      "sessions of a store without",
      () => resolveCacheRoute(table([component("s", "state.sqlite")], { cache: [rule({}, { native: "s" })] }), {}),
      ["The rule at rules.yaml:7", 'Write "state: s"'],
    ],
    [
      "a cache's pub/sub that is not loaded",
      () =>
        resolveCacheRoute(
          table([component("s", "state.sqlite")], { cache: [rule({}, { state: "s", pubsub: "p" })] }),
          {},
        ),
      ["The rule at rules.yaml:7", 'pub/sub component "p"'],
    ],
    [
      "a binding that is not loaded",
      () =>
        resolveConfigRoute(
          table([component("s", "configuration.file")], { config: [rule({}, { configuration: "s", write: "w" })] }),
          {},
        ),
      ["The rule at rules.yaml:7", 'output binding "w"'],
    ],
    [
      "a service of nobody",
      () => resolveRpcRoute(table([]), { interface: "com.A" }),
      ['rpc: [{ match: { interface: "com.A" }, app: APP_ID }]'],
    ],
  ])("%s", (_title, resolve, parts) => {
    let message = "";
    try {
      resolve();
    } catch (error) {
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
      message = (error as Error).message;
    }
    for (const part of parts) expect(message).toContain(part);
  });
});
