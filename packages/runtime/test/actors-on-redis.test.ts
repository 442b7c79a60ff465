import { componentYaml, daprApiSuite, suiteRun } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { daprMethods } from "@mecha/sdk-core/protocol";
import { Redis } from "ioredis-upstream";
import * as test from "vitest";
import { openEmbeddedTarget } from "./dapr-api-endpoint.js";
import { testRuntime } from "./runtime-fixture.js";

describeWith(["redis"], "actors and jobs kept in Redis", (on) => {
  const stateYaml = (metadata: Readonly<Record<string, string>> = {}): string =>
    componentYaml("store", "state.redis", { redisHost: on.redis.address, actorStateStore: "true", ...metadata });

  daprApiSuite(test, () => openEmbeddedTarget(({ transport }) => ({ transport }), { "state.yaml": stateYaml() }), {
    components: {},
    services: ["actors", "jobs"],
    supports: suiteRun.supports,
  });

  test.it("do not expire, whatever expiry the component has for other values", async () => {
    const appId = `expiring-${String(process.pid)}`;
    const runtime = await testRuntime({ "state.yaml": stateYaml({ ttlInSeconds: "60" }) }, { appId });
    const job = { name: "kept", dueTime: "24h" };
    await runtime.transport.unary(daprMethods.scheduleJob, { job, overwrite: true });

    const redis = new Redis(on.redis.port, on.redis.host);
    const keys = await redis.keys(`${appId}||mecha.scheduler||*`);
    test.expect(keys.length).toBe(3);
    test.expect(await Promise.all(keys.map((key) => redis.ttl(key)))).toEqual([-1, -1, -1]);
    await runtime.transport.unary(daprMethods.deleteJob, { name: "kept" });
    await redis.quit();
  });
});
