import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createRuntime } from "@mecha/runtime";
import { nativeSessionPath } from "@mecha/sdk-core/protocol";
import { openPortableCache, tinyLimits, writeComponent } from "../portable-cache.js";

/** Where a Redis listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** What answers in place of Redis: the engine on a store, or Redis itself through a session of the runtime. */
export type SideName = "state.in-memory" | "state.sqlite" | "state.redis" | "native";

/** Somebody who answers commands. */
export interface Side extends AsyncDisposable {
  /** A connection of a client. */
  open(): Duplex | Promise<Duplex>;
  /** A connection that sees all clients, by their ids. */
  watch(): Duplex | Promise<Duplex>;
  /** Whether its keys are those of the Redis that it is compared with, so that the two cannot be asked at once. */
  readonly sharesKeys: boolean;
}

/** Redis itself. */
export function openRedis({ host, port }: RedisAddress): Side {
  const open = (): Duplex => connect(port, host).setNoDelay();
  return { open, watch: open, sharesKeys: true, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/**
 * What is compared with Redis.
 *
 * @param splits - whether nearly every value of more than one member is kept in several documents
 */
export async function openSide(name: SideName, redis: RedisAddress, splits: boolean): Promise<Side> {
  if (name === "native") return openNative(redis);
  const options = { redis: addressOf(redis), ...(splits && { limits: tinyLimits }) };
  const { open, [Symbol.asyncDispose]: close } = await openPortableCache(name, options);
  return { open, watch: open, sharesKeys: false, [Symbol.asyncDispose]: close };
}

async function openNative(redis: RedisAddress): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-native-"));
  await writeComponent(folder, "state.redis", { redisHost: addressOf(redis) });
  const runtime = await createRuntime({ appId: "cache-test", resourcesPaths: [folder], baseFolder: folder });
  return {
    open: () => runtime.transport.openRaw(nativeSessionPath, { component: "cache" }),
    // The clients of Redis are listed by Redis.
    watch: openRedis(redis).open,
    sharesKeys: true,
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await rm(folder, { recursive: true });
    },
  };
}

const addressOf = ({ host, port }: RedisAddress): string => `${host}:${String(port)}`;
