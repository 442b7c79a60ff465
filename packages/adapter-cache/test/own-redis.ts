import { startRedis, type RedisAddress } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll } from "vitest";

/**
 * A block of tests with a Redis that no other file has: its script cache, channels and list of clients are of the whole server, so a
 * database of one's own is not enough where those are compared. Skipped by name where there is no Redis.
 */
export function describeOnOwnRedis(title: string, body: (on: { readonly redis: RedisAddress }) => void): void {
  describeWith("redis", title, () => {
    let redis: Awaited<ReturnType<typeof startRedis>>;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis[Symbol.asyncDispose]());
    body({
      get redis() {
        return redis;
      },
    });
  });
}
