import { componentYaml } from "@mecha/conformance";
import { createMecha } from "@mecha/sdk-core";
import { afterEach, expect, test, vi } from "vitest";
import { testRuntime } from "../../test/runtime-fixture.js";

afterEach(() => vi.unstubAllEnvs());

const store = componentYaml("store", "state.in-memory");
const value = { toBytes: () => Buffer.from('"at its place"') };

test("what is put at the place of a key is found under this key by the API, of this app only", async () => {
  const { transport } = await testRuntime({ "store.yaml": store });
  const places = transport.statePlaces?.("store");
  expect(transport.statePlaces?.("store")).toBe(places);
  places?.of("a").write(value);
  const mecha = createMecha({ transport, mode: "embedded", close: () => Promise.resolve() }, "test-app");
  expect((await mecha.state<string>("store").get("a"))?.value).toBe("at its place");
  expect(() => places?.of("a||b")).toThrow("can't contain '||'");
  expect(() => places?.of("")).toThrow("empty");
  expect(transport.statePlaces?.("no such store")).toBeUndefined();
});

test("a closed runtime has no places", async () => {
  const { transport, close } = await testRuntime({ "store.yaml": store });
  await close();
  expect(transport.statePlaces?.("store")).toBeUndefined();
});

test("a store elsewhere has none", async () => {
  const { transport } = await testRuntime({
    "store.yaml": componentYaml("store", "state.sqlite", { connectionString: ":memory:" }),
  });
  expect(transport.statePlaces?.("store")).toBeUndefined();
});

test("a store under a policy has none", async () => {
  const resiliency = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: { name: resiliency }
spec:
  policies: { timeouts: { short: 1s } }
  targets: { components: { store: { outbound: { timeout: short } } } }
`;
  const { transport } = await testRuntime({ "store.yaml": store, "resiliency.yaml": resiliency });
  expect(transport.statePlaces?.("store")).toBeUndefined();
});

test("a store whose values are encrypted has none", async () => {
  vi.stubEnv("MECHA_TEST_KEY", "0123456789abcdef".repeat(4));
  const key = "- { name: primaryEncryptionKey, secretKeyRef: { name: MECHA_TEST_KEY } }";
  const { transport } = await testRuntime({
    "vault.yaml": componentYaml("vault", "secretstores.local.env"),
    "store.yaml": `${componentYaml("store", "state.in-memory", { keyPrefix: "none" })}    ${key}\nauth: { secretStore: vault }\n`,
  });
  expect(transport.statePlaces?.("store")).toBeUndefined();
});

test("a runtime that keeps metrics of its calls has none", async () => {
  const { transport } = await testRuntime({ "store.yaml": store }, { metrics: true });
  expect(transport.statePlaces?.("store")).toBeUndefined();
});
