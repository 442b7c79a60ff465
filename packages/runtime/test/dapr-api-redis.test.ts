import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentYaml, daprApiSuite, type DaprApiTarget } from "@mecha/conformance";
import type { RedisAddress } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import * as test from "vitest";
import { createRuntime } from "../src/runtime.js";

/** Opens an embedded runtime whose locks and configuration are in Redis. */
async function openRedisTarget({ address, host, port }: RedisAddress): Promise<DaprApiTarget> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-dapr-api-"));
  const metadata = { redisHost: address };
  await writeFile(join(folder, "lock.yaml"), componentYaml("locks", "lock.redis", metadata));
  await writeFile(join(folder, "settings.yaml"), componentYaml("settings", "configuration.redis", metadata));
  const redis = new Redis(port, host);
  await redis.config("SET", "notify-keyspace-events", "KEA");
  const appId = `app-${randomUUID()}`;
  const runtime = await createRuntime({ appId, resourcesPaths: [folder], baseFolder: folder, drainTimeoutMs: 1_000 });
  return {
    transport: runtime.transport,
    mode: "embedded",
    appId,
    async writeConfiguration(key, value) {
      await (value === undefined ? redis.del(key) : redis.set(key, value));
    },
    async close() {
      await runtime.close();
      await redis.quit();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describeWith("redis", "in-process, with locks and configuration in Redis", (on) => {
  daprApiSuite(test, () => openRedisTarget(on.redis), {
    components: { lock: "locks", configuration: "settings" },
    supports: { mecha: true },
  });
});
