import type { ConnectionOptions } from "node:tls";
import type { ComponentContext } from "@mecha/spec";
import { type MetadataReader, readMetadata } from "../../metadata/metadata-reader.js";

/** What the metadata of `state.redis` says. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** How to speak TLS; `undefined` for plain TCP. */
  readonly tls: ConnectionOptions | undefined;
  /** How long connecting may take, in milliseconds. */
  readonly dialTimeoutMs: number;
  /** How long Redis may keep silent while a command waits, in milliseconds; `undefined` for ever. */
  readonly readTimeoutMs: number | undefined;
  /** How often a read whose connection broke is tried again. Writes are not: they may have been applied. */
  readonly maxRetries: number;
  /** Expiry of values that are written without one; `undefined` for none. */
  readonly ttlSeconds: number | undefined;
}

/** The longest that `create` waits for Redis, whatever `dialTimeout` says. */
const maxDialTimeoutMs = 5_000;

/** Reads the metadata with daprd's names, aliases and defaults (`common/component/redis/settings.go`). */
export function readRedisSettings(context: ComponentContext): RedisSettings {
  const metadata = readMetadata(context);
  refuseUnsupported(metadata);
  const { host, port } = readAddress(metadata);
  const readTimeoutMs = metadata.durationMs("readTimeout", 3_000, { bareNumber: "milliseconds" });
  const dialTimeoutMs = metadata.durationMs("dialTimeout", maxDialTimeoutMs, { bareNumber: "milliseconds" });
  const ttlSeconds = metadata.integer("ttlInSeconds", undefined);
  return {
    host,
    port,
    username: metadata.text("redisUsername", undefined),
    password: metadata.text("redisPassword", undefined),
    database: metadata.integer("redisDB", 0, { min: 0 }),
    tls: readTls(metadata),
    dialTimeoutMs: dialTimeoutMs > 0 ? Math.min(dialTimeoutMs, maxDialTimeoutMs) : maxDialTimeoutMs,
    // daprd: 0 is the default, less is none.
    readTimeoutMs: readTimeoutMs < 0 ? undefined : readTimeoutMs || 3_000,
    maxRetries: Math.max(0, metadata.integer("redisMaxRetries", 3, { aliases: ["maxRetries"], min: -1 })),
    ttlSeconds: ttlSeconds !== undefined && ttlSeconds > 0 ? ttlSeconds : undefined,
  };
}

function refuseUnsupported(metadata: MetadataReader): void {
  const type = metadata.text("redisType", "node", { allowed: ["node", "cluster"] });
  if (type === "cluster") {
    throw metadata.invalid(
      "redisType",
      'is "cluster", which the embedded runtime does not serve; allowed: node; or use daprd',
    );
  }
  for (const key of ["failover", "useEntraID", "useAzureAD"]) {
    if (metadata.boolean(key, false)) {
      throw metadata.invalid(key, "is true, which the embedded runtime does not serve; allowed: false; or use daprd");
    }
  }
}

function readAddress(metadata: MetadataReader): { readonly host: string; readonly port: number } {
  const address = metadata.requiredText("redisHost");
  const port = metadata.integer("redisPort", undefined, { min: 1, max: 65_535 });
  // host, host:port, [v6] or [v6]:port
  const parts = /^(?:\[([^\]]+)\]|([^:,\s/]+))(?::(\d{1,5}))?$/.exec(address);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined) throw metadata.invalid("redisHost", `is "${address}"; allowed: one host or host:port`);
  const written = parts?.[3] === undefined ? undefined : Number(parts[3]);
  if (written !== undefined && port !== undefined && written !== port) {
    throw metadata.invalid("redisPort", `is ${String(port)}, but redisHost says ${String(written)}; remove one`);
  }
  return { host, port: written ?? port ?? 6_379 };
}

function readTls(metadata: MetadataReader): ConnectionOptions | undefined {
  if (!metadata.boolean("enableTLS", false)) return undefined;
  const cert = metadata.text("clientCert", undefined);
  const key = metadata.text("clientKey", undefined);
  if ((cert === undefined) !== (key === undefined)) {
    throw metadata.invalid(cert === undefined ? "clientCert" : "clientKey", "is missing; a certificate needs its key");
  }
  return {
    rejectUnauthorized: !metadata.boolean("insecureSkipTLSVerify", false),
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
}

/** Names the server and the database, without credentials. */
export function redisUrl({ host, port, database, tls }: RedisSettings): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${tls === undefined ? "redis" : "rediss"}://${name}:${String(port)}/${String(database)}`;
}
