import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import * as test from "vitest";
import { eventually, httpApiSuite, type HttpApiTarget } from "../src/index.js";
import { settingsDatabase, writeDaprdResources } from "./daprd/daprd-resources.js";

describeWith(["daprd", "redis", "placement", "scheduler"], "real daprd", (on) => {
  const open = async (appPort: number): Promise<HttpApiTarget> => {
    const folder = await mkdtemp(join(tmpdir(), "mecha-http-api-"));
    const redis = new Redis(on.redis.port, on.redis.host, { db: settingsDatabase });
    // What the configuration store hears of changes by.
    await redis.config("SET", "notify-keyspace-events", "KEA");
    const sidecar = await startDaprd({
      appId: "http-suite-app",
      resourcesFolders: [await writeDaprdResources(folder, on.redis.address)],
      appPort,
      appProtocol: "http",
      placement: on.placement,
      scheduler: on.scheduler,
      logLevel: "warn",
    });
    const address = sidecar.httpAddress;
    await eventually("the sidecar is well", async () => (await fetch(`${address}/v1.0/healthz`)).status === 204);
    return {
      address,
      appId: "http-suite-app",
      async writeConfiguration(key, value) {
        await redis.set(key, value);
      },
      async close() {
        await sidecar.stop();
        redis.disconnect();
        await rm(folder, { recursive: true, force: true });
      },
    };
  };
  httpApiSuite(test, open, {
    components: {
      state: "store",
      pubsub: "events",
      configuration: "settings",
      binding: "files",
      secrets: "vault",
      lock: "locks",
      crypto: "keys",
      conversation: "talk",
    },
    transactionConflictStatus: 500,
    fullDuplex: false,
    subtleCrypto: true,
  });
});
