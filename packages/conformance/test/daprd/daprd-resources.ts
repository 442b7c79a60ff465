import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml, createSuiteKeys, type SuiteServers } from "../../src/index.js";

/**
 * Database of the configuration store. It takes every key of its database for a setting, and a value of another component that is no
 * text would fail a request for all.
 */
export const settingsDatabase = 7;

/**
 * Writes the resources that the suite wants of daprd into `<folder>/resources`, their files beside it; resolves with that path.
 *
 * @param servers - components that call servers of the suite
 */
export async function writeDaprdResources(
  folder: string,
  redisHost: string,
  servers: SuiteServers["components"] = {},
): Promise<string> {
  const secretsFile = join(folder, "secrets.json");
  await writeFile(secretsFile, JSON.stringify({ "suite-secret": "open sesame" }));
  const rootPath = join(folder, "files");
  await mkdir(rootPath);
  const resources = [
    componentYaml("store", "state.sqlite", { connectionString: join(folder, "state.db"), actorStateStore: "true" }),
    componentYaml("redis-store", "state.redis", { redisHost }),
    // A bare number is milliseconds; daprd's defaults are a minute and a quarter of one.
    componentYaml("events", "pubsub.redis", {
      ...{ redisHost, processingTimeout: "2s", redeliverInterval: "500" },
      // Before 1.18, daprd keeps the connection of a subscription that has ended.
      poolSize: "200",
    }),
    // By default, ten events of a topic are delivered side by side.
    componentYaml("ordered-events", "pubsub.redis", { redisHost, concurrency: "1" }),
    componentYaml("memory-events", "pubsub.in-memory"),
    componentYaml("settings", "configuration.redis", { redisHost, redisDB: String(settingsDatabase) }),
    componentYaml("files", "bindings.localstorage", { rootPath }),
    componentYaml("cache", "bindings.redis", { redisHost }),
    componentYaml("vault", "secretstores.local.file", { secretsFile }),
    componentYaml("locks", "lock.redis", { redisHost }),
    componentYaml("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: createSuiteKeys() }) }),
    componentYaml("talk", "conversation.echo"),
    redelivery("events", "memory-events"),
    ...Object.values(servers),
  ];
  const path = join(folder, "resources");
  await mkdir(path);
  await Promise.all(resources.map((text, index) => writeFile(join(path, `${index}.yaml`), text)));
  return path;
}

/** Without it, daprd's pub/sub loses or buries an event whose handler asks to have it again. */
function redelivery(...pubsubs: readonly string[]): string {
  const again = { policy: "constant", duration: "50ms", maxRetries: 5 };
  const components = Object.fromEntries(pubsubs.map((name) => [name, { inbound: { retry: "again" } }]));
  return resource("Resiliency", "redelivery", { policies: { retries: { again } }, targets: { components } });
}

/** JSON is YAML, and quotes whatever a path has in it. */
function resource(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: "dapr.io/v1alpha1", kind, metadata: { name }, spec });
}
