import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { appCallback, type AppChannel } from "@mecha/sdk-core/protocol";
import type { Runtime, RuntimeOptions } from "../../src/runtime.js";

const cryptoKeys = [
  { kid: "symmetric", kty: "oct", k: Buffer.alloc(32, 7).toString("base64url") },
  { kid: "elliptic", ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }) },
];

/**
 * A runtime with a component of every kind, none of which leaves the folder, and an app that takes whatever comes.
 *
 * @param more - types of further components, by name
 */
export async function openFuzzRuntime(
  folder: string,
  { app = patientApp, ...options }: Partial<RuntimeOptions> & { readonly app?: AppChannel } = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Runtime> {
  // Here, for whoever only makes inputs needs no runtime.
  const [{ createRuntime }, { componentYaml }] = await Promise.all([
    import("../../src/runtime.js"),
    import("@mecha/conformance"),
  ]);
  const resources = join(folder, "components");
  await mkdir(resources, { recursive: true });
  await mkdir(join(folder, "keys"), { recursive: true });
  for (const key of cryptoKeys) await writeFile(join(folder, "keys", `${key.kid}.json`), JSON.stringify(key));
  await writeFile(join(folder, "secrets.json"), JSON.stringify({ password: "open sesame", nested: { deep: "er" } }));
  const files = {
    state: componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
    pubsub: componentYaml("events", "pubsub.in-memory"),
    configuration: componentYaml("settings", "configuration.file", { path: "settings" }),
    binding: componentYaml("files", "bindings.localstorage", { rootPath: "files" }),
    conversation: componentYaml("talk", "conversation.echo"),
    crypto: componentYaml("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: cryptoKeys }) }),
    vault: componentYaml("keyfiles", "crypto.dapr.localstorage", { path: "keys" }),
    lock: componentYaml("locks", "lock.in-memory"),
    secrets: componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" }),
    ...Object.fromEntries(Object.entries(more).map(([name, type]) => [name, componentYaml(name, type)])),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(resources, `${name}.yaml`), text);
  const runtime = await createRuntime({
    appId: "fuzzed",
    resourcesPaths: [resources],
    baseFolder: folder,
    drainTimeoutMs: 500,
    ...options,
  });
  await runtime.attachApp(app);
  return runtime;
}

const Status = appCallback.TopicEventResponse_TopicEventResponseStatus;

const patientApp: AppChannel = {
  invoke: ({ data }) => Promise.resolve({ contentType: "application/json", ...(data !== undefined && { data }) }),
  topic: () => Promise.resolve({ status: Status.SUCCESS }),
  job: () => Promise.resolve({}),
  actor: {
    types: ["Actor"],
    config: { entities: ["Actor"], entitiesConfig: [] },
    invoke: ({ data }) => Promise.resolve({ data, metadata: {} }),
    timer: () => Promise.resolve({}),
    reminder: () => Promise.resolve({}),
    deactivate: () => Promise.resolve(),
  },
  subscriptions: [appCallback.TopicSubscription.fromPartial({ pubsubName: "events", topic: "order" })],
};
