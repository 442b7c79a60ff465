import { describe, expect, it } from "vitest";
import { testContext } from "../../../test/test-context.js";
import { readRedisSettings, redisUrl } from "./redis-settings.js";

function read(metadata: Record<string, string>) {
  return readRedisSettings(testContext("state.redis", metadata));
}

describe("readRedisSettings", () => {
  it("has daprd's defaults", () => {
    expect(read({ redisHost: "localhost" })).toEqual({
      host: "localhost",
      port: 6_379,
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

  it.each([
    [{}, "redisHost", "required"],
    [{ redisHost: "a:1,b:2" }, "redisHost", "one host"],
    [{ redisHost: "a:7000", redisPort: "7001" }, "redisPort", "7000"],
    [{ redisHost: "a", redisPort: "0" }, "redisPort", "from 1 to 65535"],
    [{ redisHost: "a", redisType: "cluster" }, "redisType", "allowed: node"],
    [{ redisHost: "a", redisType: "ring" }, "redisType", "node, cluster"],
    [{ redisHost: "a", failover: "true" }, "failover", "allowed: false"],
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
