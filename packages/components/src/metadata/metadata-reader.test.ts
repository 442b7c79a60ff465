import { describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { readMetadata } from "./metadata-reader.js";

function reader(metadata: Record<string, string>) {
  return readMetadata(testContext("state.redis", metadata));
}

describe("readMetadata", () => {
  it("finds keys without regard to case, and takes an empty value for none", () => {
    expect(reader({ REDISHOST: "a:1" }).requiredText("redisHost")).toBe("a:1");
    expect(reader({ redisHost: "" }).text("redisHost", "b:2")).toBe("b:2");
  });

  it("prefers the key to its aliases", () => {
    const options = { aliases: ["url"] };
    expect(reader({ url: "old" }).text("connectionString", undefined, options)).toBe("old");
    expect(reader({ url: "old", connectionString: "new" }).text("connectionString", undefined, options)).toBe("new");
  });

  it("names component, type and key of a missing required value", () => {
    expect(() => reader({}).requiredText("redisHost")).toThrow(
      expect.objectContaining({
        code: "CONFIGURATION_INVALID",
        component: "under-test",
        message: 'Component "under-test" (state.redis): metadata key "redisHost" is missing; it is required',
      }),
    );
  });

  it("gives an allowed value back as declared and lists them all otherwise", () => {
    const options = { allowed: ["node", "cluster"] };
    expect(reader({ redisType: "NODE" }).text("redisType", "node", options)).toBe("node");
    expect(() => reader({ redisType: "ring" }).text("redisType", "node", options)).toThrow(
      /"redisType" is "ring"; allowed: node, cluster/,
    );
  });

  it.each(["true", "T", "yes", "Y", "on", "1"])("reads %s as true", (value) => {
    expect(reader({ enableTLS: value }).boolean("enableTLS", false)).toBe(true);
  });

  it.each(["false", "F", "no", "N", "off", "0"])("reads %s as false", (value) => {
    expect(reader({ enableTLS: value }).boolean("enableTLS", true)).toBe(false);
  });

  it("refuses a boolean that is neither", () => {
    expect(() => reader({ enableTLS: "maybe" }).boolean("enableTLS", true)).toThrow(/"enableTLS".*true, false/);
  });

  it("reads whole numbers within bounds only", () => {
    expect(reader({ redisDB: "3" }).integer("redisDB", 0, { min: 0 })).toBe(3);
    expect(reader({}).integer("ttlInSeconds", undefined)).toBeUndefined();
    for (const wrong of ["-1", "1.5", "abc", "1e3"]) {
      expect(() => reader({ redisDB: wrong }).integer("redisDB", 0, { min: 0 })).toThrow(/"redisDB".*at least 0/);
    }
    expect(() => reader({ port: "70000" }).integer("port", 1, { min: 1, max: 65_535 })).toThrow(/from 1 to 65535/);
  });

  it("reads durations in Go's syntax, and bare numbers in the unit of the key", () => {
    expect(reader({ timeout: "1m30s" }).durationMs("timeout", 0)).toBe(90_000);
    expect(reader({ timeout: "20" }).durationMs("timeout", 0)).toBe(20_000);
    expect(reader({ timeout: "20" }).durationMs("timeout", 0, { bareNumber: "milliseconds" })).toBe(20);
    expect(() => reader({ timeout: "soon" }).durationMs("timeout", 0)).toThrow(/"timeout" is "soon".*500ms/);
    expect(() => reader({ timeout: "1ms" }).durationMs("timeout", 0, { minMs: 1_000 })).toThrow(/at least 1000ms/);
  });
});
