import { componentYaml } from "@mecha/conformance";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { appCallback } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { testRuntime } from "../../../test/runtime-fixture.js";
import { createStateCipher, type NamedKey } from "./state-cipher.js";

const digits = "0123456789abcdef".repeat(4);

beforeEach(() => {
  vi.stubEnv("MECHA_TEST_KEY", digits);
  vi.stubEnv("MECHA_TEST_SHORT", "0123456789");
});
afterEach(() => vi.unstubAllEnvs());

const vault = componentYaml("vault", "secretstores.local.env");

function storeYaml(entries: readonly string[], metadata: Readonly<Record<string, string>> = {}): string {
  const store = componentYaml("store", "state.in-memory", { keyPrefix: "none", ...metadata });
  return `${store}${entries.map((entry) => `    - ${entry}\n`).join("")}auth: { secretStore: vault }\n`;
}

async function failureOf(...entries: readonly string[]): Promise<MechaError> {
  return testRuntime({ "vault.yaml": vault, "store.yaml": storeYaml(entries) }).then(
    () => new MechaError("UNKNOWN", "it started"),
    (error: unknown) => MechaError.from(error),
  );
}

test.each([16, 24, 32])("a value comes back with a key of %d bytes, whatever is in it", (length) => {
  const cipher = createStateCipher([{ name: "a||b", bytes: Buffer.alloc(length, 7) }]);
  const name: NamedKey = { name: "plain", bytes: Buffer.alloc(length, 7) };
  expect(() => createStateCipher([name]).open(cipher.seal(Buffer.from("x")))).toThrow("no");
  for (const value of [Buffer.alloc(0), Buffer.from([0, 255, 124, 124]), Buffer.from("a||b")]) {
    const usual = createStateCipher([name]);
    expect(Buffer.compare(usual.open(usual.seal(value)), value)).toBe(0);
  }
});

test("what is no ciphertext is data loss, and says why", () => {
  const cipher = createStateCipher([{ name: "key", bytes: Buffer.alloc(16) }]);
  for (const stored of ["plain", "plain||", "||key", "AAAA||key", "AAAA||other", "%%%%||key"]) {
    expect(() => cipher.open(Buffer.from(stored))).toThrow(expect.objectContaining({ code: "DATA_LOSS" }) as Error);
  }
  expect(cipher.open(new Uint8Array()).length).toBe(0);
});

test("keys that daprd would not heed fail the start, with their line and without their value", async () => {
  const ref = (name: string, secret = "MECHA_TEST_KEY") => `{ name: ${name}, secretKeyRef: { name: ${secret} } }`;
  expect((await failureOf(ref("primaryEncryptionKey", "MECHA_TEST_SHORT"))).message).toMatch(
    /store\.yaml:9: .*primaryEncryptionKey.* 32, 48 or 64 hexadecimal digits/,
  );
  const plain = await failureOf(`{ name: primaryEncryptionKey, value: "${digits}" }`);
  expect(plain.message).toContain("needs a secretKeyRef");
  expect(plain.message).not.toContain(digits);
  expect((await failureOf(ref("primaryencryptionkey"))).message).toContain('written "primaryEncryptionKey"');
  expect((await failureOf(ref("secondaryEncryptionKey"))).message).toContain('needs "primaryEncryptionKey"');
  expect((await failureOf("{ name: KeyPrefix2, value: x }")).message).toBe("it started");
});

test("a prefix that no key may have fails the start", async () => {
  const store = componentYaml("store", "state.in-memory", { keyPrefix: "a||b" });
  await expect(testRuntime({ "store.yaml": store })).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("can't contain '||'") as string,
  });
});

test("what an outbox publishes is what the app wrote, though what is stored is encrypted", async () => {
  const entries = ["{ name: primaryEncryptionKey, secretKeyRef: { name: MECHA_TEST_KEY } }"];
  const runtime = await testRuntime({
    "vault.yaml": vault,
    "events.yaml": componentYaml("events", "pubsub.in-memory"),
    "store.yaml": storeYaml(entries, { outboxPublishPubsub: "events", outboxPublishTopic: "orders" }),
  });
  let publish = (_data: string): void => undefined;
  const published = new Promise<string>((resolve) => (publish = resolve));
  await runtime.attachApp({
    topic: async ({ data }) => {
      publish(data.toString());
      return { status: appCallback.TopicEventResponse_TopicEventResponseStatus.SUCCESS };
    },
    subscriptions: [
      { pubsubName: "events", topic: "orders", metadata: {}, deadLetterTopic: "", routes: { rules: [], default: "/" } },
    ],
  });
  const mecha: Mecha = createMecha(
    { transport: runtime.transport, mode: "embedded", close: () => Promise.resolve() },
    "test-app",
  );
  const state = mecha.state("store");
  await state.transaction([{ upsert: "order", value: { paid: true } }]);
  expect(await published).toBe('{"paid":true}');
  expect((await state.get("order"))?.value).toEqual({ paid: true });
  await expect(state.queryPage({})).rejects.toMatchObject({
    reason: "DAPR_STATE_QUERY_FAILED",
    message: expect.stringContaining("cannot query encrypted store") as string,
  });
});
