import { componentYaml } from "@mecha/conformance";
import { afterEach, expect, test, vi } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { readResources } from "./read-resources.js";

afterEach(() => vi.unstubAllEnvs());

async function read(files: Readonly<Record<string, string>>, appId = "shop") {
  return readResources([await resourceFolder(files)], appId);
}

async function problemOf(files: Readonly<Record<string, string>>): Promise<string> {
  const failure = await read(files).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "CONFIGURATION_INVALID" });
  return (failure as Error).message;
}

test("a component is read with type, version, settings and references", async () => {
  const { components } = await read({
    "a.yaml": `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: state.redis
  version: v1
  ignoreErrors: true
  initTimeout: 1m30s
  metadata:
    - name: redisHost
      value: 127.0.0.1:6379
    - { name: redisDB, value: 2 }
    - { name: enableTLS, value: false }
    - name: redisPassword
      secretKeyRef: { name: redis, key: password }
    - { name: redisUsername, secretKeyRef: { name: user } }
    - { name: sentinel, envRef: SENTINEL }
auth:
  secretStore: vault
`,
  });

  expect(components[0]).toMatchObject({
    name: "orders",
    type: "state.redis",
    version: "v1",
    ignoreErrors: true,
    initTimeoutMs: 90_000,
    secretStore: "vault",
    settings: [
      { name: "redisHost", value: "127.0.0.1:6379" },
      { name: "redisDB", value: "2" },
      { name: "enableTLS", value: "false" },
      { name: "redisPassword", secretKeyRef: { name: "redis", key: "password" } },
      { name: "redisUsername", secretKeyRef: { name: "user", key: "user" } },
      { name: "sentinel", envRef: "SENTINEL" },
    ],
  });
});

test("only resources whose scopes name the app, or nobody, are taken", async () => {
  const mine = `${componentYaml("mine", "state.in-memory")}scopes: [shop]\n`;
  const theirs = `${componentYaml("theirs", "state.in-memory")}scopes: [stock]\n`;

  const { components } = await read({
    "mine.yaml": mine,
    "theirs.yaml": theirs,
    "all.yaml": componentYaml("all", "state.in-memory"),
  });

  expect(components.map(({ name }) => name)).toEqual(["all", "mine"]);
});

test("resources of another namespace are left out", async () => {
  vi.stubEnv("NAMESPACE", "blue");
  const inNamespace = (name: string, namespace: string) =>
    componentYaml(name, "state.in-memory").replace(`{ name: ${name} }`, `{ name: ${name}, namespace: ${namespace} }`);

  const { components } = await read({ "a.yaml": inNamespace("a", "blue"), "b.yaml": inNamespace("b", "green") });

  expect(components.map(({ name }) => name)).toEqual(["a"]);
});

test("kinds that the runtime does not know are left alone", async () => {
  const { components } = await read({
    "adapters.yaml": "apiVersion: mecha/v1alpha1\nkind: Adapters\nmetadata: { name: x }\nspec: {}\n",
    "w.yaml": "kind: Whatever\n",
  });
  expect(components).toEqual([]);
});

test("two components of one name are refused with both places, unless their scopes differ", async () => {
  const twice = `${componentYaml("orders", "state.in-memory")}---\n${componentYaml("orders", "state.sqlite")}`;

  const problem = await problemOf({ "twice.yaml": twice });

  expect(problem).toMatch(
    /twice\.yaml:10: Component "orders": there is already a component of this name at .*twice\.yaml:3/,
  );
  const apart = `${componentYaml("orders", "state.in-memory")}scopes: [shop]\n---\n${componentYaml("orders", "state.sqlite")}scopes: [stock]\n`;
  expect((await read({ "apart.yaml": apart })).components).toHaveLength(1);
});

test.each([
  [
    "no type",
    "kind: Component\nmetadata: { name: a }\nspec:\n  version: v1\n",
    /a\.yaml:3: Component "a": "spec\.type" is wrong: a type such as/,
  ],
  [
    "a type without building block",
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: redis\n",
    /a\.yaml:4: .*"spec\.type" is wrong: .*state\.redis/,
  ],
  [
    "no name",
    "kind: Component\nmetadata: {}\nspec:\n  type: state.redis\n",
    /a\.yaml:2: Component: "metadata\.name" is wrong: a name is required/,
  ],
  [
    "no spec",
    "kind: Component\nmetadata: { name: a }\n",
    /Component "a": "spec" is wrong: spec with a type is required/,
  ],
  [
    "metadata that is no list",
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  metadata: { redisHost: x }\n",
    /a\.yaml:5: .*"spec\.metadata" is wrong: a list of entries/,
  ],
  [
    "an entry without name",
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  metadata:\n    - value: x\n",
    /a\.yaml:6: .*each entry of "metadata" needs a name/,
  ],
  [
    "a key that is there twice",
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  metadata:\n    - { name: redisHost, value: x }\n    - { name: redishost, value: y }\n",
    /a\.yaml:7: .*"redishost" is there twice/,
  ],
  [
    "a value that is a list",
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  metadata:\n    - { name: redisHost, value: [x] }\n",
    /a\.yaml:6: .*value of "redisHost" is no text/,
  ],
  [
    "a wrong timeout",
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  initTimeout: soon\n",
    /a\.yaml:5: .*"spec\.initTimeout" is "soon"; write a duration/,
  ],
  [
    "a resiliency policy with a wrong duration",
    "kind: Resiliency\nmetadata: { name: r }\nspec:\n  policies:\n    timeouts:\n      slow: fast\n",
    /a\.yaml:6: Resiliency "r": "spec\.policies\.timeouts\.slow" is wrong: a duration/,
  ],
  [
    "a retry of an unknown policy",
    "kind: Resiliency\nmetadata: { name: r }\nspec:\n  policies:\n    retries:\n      often: { policy: linear }\n",
    /"constant" or "exponential"/,
  ],
  [
    "a subscription without topic",
    "kind: Subscription\nmetadata: { name: s }\nspec:\n  pubsubname: events\n",
    /Subscription "s": "spec\.topic" is wrong: a topic is required/,
  ],
  [
    "a rule that is no CEL",
    'kind: Subscription\nmetadata: { name: s }\nspec:\n  pubsubname: events\n  topic: paid\n  routes:\n    rules:\n      - path: /a\n        match: "event.type =="\n',
    /:9: Subscription "s": The rule "event.type ==" of the route "\/a" is no CEL expression/,
  ],
])("%s is refused with file, line and remedy", async (_, text, message) => {
  expect(await problemOf({ "a.yaml": text })).toMatch(message);
});

test("resiliency, subscriptions and configurations as Dapr's documents have them pass", async () => {
  await read({
    "r.yaml": `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: { name: r }
spec:
  policies:
    timeouts: { general: 5s }
    retries: { often: { policy: constant, duration: 500ms, maxRetries: -1 } }
    circuitBreakers: { simple: { maxRequests: 1, timeout: 30s, trip: consecutiveFailures >= 5 } }
  targets:
    components: { events: { inbound: { retry: often } } }
`,
    "s.yaml":
      "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: { name: s }\nspec: { pubsubname: events, topic: paid, routes: { default: /paid } }\n",
    "c.yaml":
      "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: c }\nspec: { tracing: { samplingRate: '1' } }\n",
  });
});
