import type { ConnectionOptions } from "node:tls";
import type { ComponentContext } from "@mecha/spec";
import { type MetadataReader, readMetadata } from "../../metadata/metadata-reader.js";

/** Where a server listens. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
}

/** The sentinels that know which server is the master. */
export interface SentinelSettings {
  readonly masterName: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** What the metadata of `state.redis` says. */
export interface RedisSettings extends RedisServer {
  /** All of `redisHost`: one server, the sentinels, or some servers of the cluster. The first is `host` and `port`. */
  readonly servers: readonly RedisServer[];
  readonly sentinel: SentinelSettings | undefined;
  readonly isCluster: boolean;
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

/** What a component can do. */
export interface RedisAbilities {
  /** Whether it works on a Redis Cluster. @defaultValue `false` */
  readonly cluster?: boolean;
}

/** Reads the metadata with daprd's names, aliases and defaults (`common/component/redis/settings.go`). */
export function readRedisSettings(context: ComponentContext, abilities: RedisAbilities = {}): RedisSettings {
  const metadata = readMetadata(context);
  const sentinel = readSentinel(metadata);
  const isCluster = readIsCluster(metadata, abilities) && sentinel === undefined;
  refuseUnsupported(metadata);
  const servers = readServers(metadata, isCluster || sentinel !== undefined);
  const readTimeoutMs = metadata.durationMs("readTimeout", 3_000, { bareNumber: "milliseconds" });
  const dialTimeoutMs = metadata.durationMs("dialTimeout", maxDialTimeoutMs, { bareNumber: "milliseconds" });
  const ttlSeconds = metadata.integer("ttlInSeconds", undefined);
  return {
    ...servers[0],
    servers,
    sentinel,
    isCluster,
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

/** With sentinels, daprd's `cluster` only spreads reads over replicas; here the master has them all. */
function readSentinel(metadata: MetadataReader): SentinelSettings | undefined {
  if (!metadata.boolean("failover", false)) return undefined;
  return {
    masterName: metadata.requiredText("sentinelMasterName"),
    username: metadata.text("sentinelUsername", undefined),
    password: metadata.text("sentinelPassword", undefined),
  };
}

function readIsCluster(metadata: MetadataReader, { cluster = false }: RedisAbilities): boolean {
  const isCluster = metadata.text("redisType", "node", { allowed: ["node", "cluster"] }) === "cluster";
  if (isCluster && !cluster && !metadata.boolean("failover", false)) {
    throw metadata.invalid(
      "redisType",
      'is "cluster", which the embedded runtime serves for state and pub/sub alone; allowed: node; or use daprd',
    );
  }
  return isCluster;
}

function refuseUnsupported(metadata: MetadataReader): void {
  for (const key of ["useEntraID", "useAzureAD"]) {
    if (metadata.boolean(key, false)) {
      throw metadata.invalid(key, "is true, which the embedded runtime does not serve; allowed: false; or use daprd");
    }
  }
}

function readServers(metadata: MetadataReader, several: boolean): readonly [RedisServer, ...RedisServer[]] {
  const text = metadata.requiredText("redisHost");
  const port = metadata.integer("redisPort", undefined, { min: 1, max: 65_535 });
  const [first = "", ...others] = several ? text.split(",") : [text];
  const read = (address: string): RedisServer => readServer(metadata, address.trim(), { port, several });
  return [read(first), ...others.map(read)];
}

function readServer(
  metadata: MetadataReader,
  address: string,
  { port, several }: { readonly port: number | undefined; readonly several: boolean },
): RedisServer {
  // host, host:port, [v6] or [v6]:port
  const parts = /^(?:\[([^\]]+)\]|([^:,\s/]+))(?::(\d{1,5}))?$/.exec(address);
  const host = parts?.[1] ?? parts?.[2];
  const allowed = several ? "host or host:port, several with commas" : "one host or host:port";
  if (host === undefined) throw metadata.invalid("redisHost", `is "${address}"; allowed: ${allowed}`);
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

/** Names the servers, the master and the database, without credentials. */
export function redisUrl({ servers, sentinel, database, tls }: RedisSettings): string {
  const names = servers.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${String(port)}`);
  const master = sentinel === undefined ? "" : `/${sentinel.masterName}`;
  return `${tls === undefined ? "redis" : "rediss"}://${names.join(",")}${master}/${String(database)}`;
}
