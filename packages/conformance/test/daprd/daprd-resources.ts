import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml } from "../../src/index.js";

/** Writes the resources that the suite wants of daprd into `<folder>/resources`, their files beside it; resolves with that path. */
export async function writeDaprdResources(folder: string, redisHost: string): Promise<string> {
  const secretsFile = join(folder, "secrets.json");
  await writeFile(secretsFile, JSON.stringify({ "suite-secret": "open sesame" }));
  const rootPath = join(folder, "files");
  await mkdir(rootPath);
  const resources = [
    componentYaml("store", "state.sqlite", { connectionString: join(folder, "state.db"), actorStateStore: "true" }),
    componentYaml("redis-store", "state.redis", { redisHost }),
    // A bare number is milliseconds; daprd's defaults are a minute and a quarter of one.
    componentYaml("events", "pubsub.redis", { redisHost, processingTimeout: "2s", redeliverInterval: "500" }),
    componentYaml("memory-events", "pubsub.in-memory"),
    componentYaml("settings", "configuration.redis", { redisHost }),
    componentYaml("files", "bindings.localstorage", { rootPath }),
    componentYaml("cache", "bindings.redis", { redisHost }),
    componentYaml("vault", "secretstores.local.file", { secretsFile }),
    componentYaml("locks", "lock.redis", { redisHost }),
    componentYaml("keys", "crypto.dapr.jwks", { jwks: keySet() }),
    componentYaml("talk", "conversation.echo"),
    redelivery("events", "memory-events"),
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

/** Keys of every kind that the algorithms need; the names of symmetric ones end with their bits. */
function keySet(): string {
  const symmetric = [128, 192, 256, 384, 512].map((bits) => ({
    kid: bits === 256 ? "suite-aes" : `suite-aes-${String(bits)}`,
    kty: "oct",
    k: randomBytes(bits / 8).toString("base64url"),
  }));
  const pairs = {
    "suite-rsa": generateKeyPairSync("rsa", { modulusLength: 2048 }),
    "suite-p256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
    "suite-p384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
    "suite-p521": generateKeyPairSync("ec", { namedCurve: "P-521" }),
    "suite-ed25519": generateKeyPairSync("ed25519"),
  };
  const asymmetric = Object.entries(pairs).map(([kid, { privateKey }]) => ({
    kid,
    ...privateKey.export({ format: "jwk" }),
  }));
  return JSON.stringify({ keys: [...symmetric, ...asymmetric] });
}
