import { describe, expect, it } from "vitest";
import { testContext } from "../../../test/test-context.js";
import { readRedisSettings, redisUrl } from "./redis-settings.js";

function read(metadata: Record<string, string>) {
  return readRedisSettings(testContext("state.redis", metadata), { cluster: true });
}

describe("readRedisSettings", () => {
  it("has daprd's defaults", () => {
    expect(read({ redisHost: "localhost" })).toEqual({
      host: "localhost",
      port: 6_379,
      servers: [{ host: "localhost", port: 6_379 }],
      sentinel: undefined,
      isCluster: false,
      username: undefined,
      password: undefined,
      database: 0,
      tls: undefined,
      dialTimeoutMs: 5_000,
      readTimeoutMs: 3_000,
      maxRetries: 3,
      ttlSeconds: undefined,
    });
  });

  it.each([
    [{ redisHost: "redis.local:7000" }, "redis://redis.local:7000/0"],
    [{ redisHost: "redis.local", redisPort: "7000", redisDB: "2" }, "redis://redis.local:7000/2"],
    [{ redisHost: "redis.local:7000", redisPort: "7000" }, "redis://redis.local:7000/0"],
    [{ redisHost: "[::1]:7000", enableTLS: "true", redisPassword: "hidden" }, "rediss://[::1]:7000/0"],
    [{ redisHost: "[::1]" }, "redis://[::1]:6379/0"],
    [{ redisType: "cluster", redisHost: "a:1, b,[::1]:3" }, "redis://a:1,b:6379,[::1]:3/0"],
    [{ failover: "true", sentinelMasterName: "m", redisHost: "a:1,b:2", redisDB: "3" }, "redis://a:1,b:2/m/3"],
  ])("takes %j for %s", (metadata, url) => {
    expect(redisUrl(read(metadata))).toBe(url);
  });

  it("verifies certificates unless told otherwise", () => {
    expect(read({ redisHost: "a", enableTLS: "true" }).tls).toEqual({ rejectUnauthorized: true });
    expect(read({ redisHost: "a", enableTLS: "true", insecureSkipTLSVerify: "true" }).tls).toEqual({
      rejectUnauthorized: false,
    });
    const pair = { clientCert: "CERT", clientKey: "KEY" };
    expect(read({ redisHost: "a", enableTLS: "true", ...pair }).tls).toMatchObject({ cert: "CERT", key: "KEY" });
  });

  it("reads timeouts as milliseconds or durations, retries with their old name", () => {
    expect(
      read({ redisHost: "a", dialTimeout: "700", readTimeout: "2s", maxRetries: "5", ttlInSeconds: "60" }),
    ).toMatchObject({ dialTimeoutMs: 700, readTimeoutMs: 2_000, maxRetries: 5, ttlSeconds: 60 });
    expect(read({ redisHost: "a", readTimeout: "-1", redisMaxRetries: "-1", ttlInSeconds: "-1" })).toMatchObject({
      readTimeoutMs: undefined,
      maxRetries: 0,
      ttlSeconds: undefined,
    });
    expect(read({ redisHost: "a", dialTimeout: "1m" }).dialTimeoutMs).toBe(5_000);
  });

  it("knows sentinels and clusters by daprd's names, and refuses a cluster to components that cannot use one", () => {
    const sentinel = { failover: "true", sentinelMasterName: "m", sentinelUsername: "u", sentinelPassword: "p" };
    expect(read({ redisHost: "a:1,b:2", ...sentinel }).sentinel).toEqual({
      masterName: "m",
      username: "u",
      password: "p",
    });
    expect(read({ redisHost: "a:1", ...sentinel, redisType: "cluster" }).isCluster).toBe(false);
    const cluster = { redisHost: "a:1,b", redisPort: "1", redisType: "cluster" };
    expect(read(cluster)).toMatchObject({ isCluster: true, servers: [{ port: 1 }, { host: "b", port: 1 }] });
    expect(() => readRedisSettings(testContext("lock.redis", cluster))).toThrow("for state and pub/sub alone");
  });

  it.each([
    [{}, "redisHost", "required"],
    [{ redisHost: "a:1,b:2" }, "redisHost", "one host"],
    [{ redisHost: "a:7000", redisPort: "7001" }, "redisPort", "7000"],
    [{ redisHost: "a", redisPort: "0" }, "redisPort", "from 1 to 65535"],
    [{ redisHost: "a:1,", redisType: "cluster" }, "redisHost", "several with commas"],
    [{ redisHost: "a", redisType: "ring" }, "redisType", "node, cluster"],
    [{ redisHost: "a", failover: "true" }, "sentinelMasterName", "required"],
    [{ redisHost: "a", useEntraID: "true" }, "useEntraID", "allowed: false"],
    [{ redisHost: "a", redisDB: "-1" }, "redisDB", "at least 0"],
    [{ redisHost: "a", enableTLS: "true", clientCert: "CERT" }, "clientKey", "missing"],
    [{ redisHost: "a", ttlInSeconds: "long" }, "ttlInSeconds", "whole numbers"],
  ])("refuses %j, naming %s and what is allowed", (metadata, key, allowed) => {
    const attempt = () => read(metadata);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "CONFIGURATION_INVALID", component: "under-test" }) as Error,
    );
    expect(attempt).toThrow(`"${key}"`);
    expect(attempt).toThrow(allowed);
  });
});
