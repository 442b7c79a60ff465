import { describe, expect, it } from "vitest";
import { testContext } from "../../../test/test-context.js";
import { readSqliteSettings } from "./sqlite-settings.js";

function read(metadata: Record<string, string>) {
  return readSqliteSettings(testContext("state.sqlite", metadata, { baseFolder: "/base" }));
}

describe("readSqliteSettings", () => {
  it("has daprd's defaults", () => {
    expect(read({ connectionString: "data.db" })).toEqual({
      file: "/base/data.db",
      tableName: "state",
      metadataTableName: "metadata",
      busyTimeoutMs: 2_000,
      cleanupIntervalMs: undefined,
      journalMode: "WAL",
      synchronous: "NORMAL",
    });
  });

  it.each([
    ["a/b.db", "/base/a/b.db"],
    ["/a/b.db", "/a/b.db"],
    ["file:a.db", "/base/a.db"],
    ["FILE:/a.db", "/a.db"],
    ["file:///a.db", "/a.db"],
    ["file://localhost/a.db", "/a.db"],
    ["file:a%20b.db?_txlock=immediate&cache=shared", "/base/a b.db"],
    [":memory:", ":memory:"],
    ["file::memory:?cache=shared", ":memory:"],
  ])("takes %s for the file %s", (connectionString, file) => {
    expect(read({ connectionString }).file).toBe(file);
  });

  it("knows daprd's aliases and units", () => {
    const settings = read({ url: "a.db", timeoutInSeconds: "1", busyTimeout: "3s", cleanupIntervalInSeconds: "60" });
    expect(settings).toMatchObject({ busyTimeoutMs: 1_000, cleanupIntervalMs: 60_000 });
    expect(read({ url: "a.db", busyTimeout: "-1s", cleanupInterval: "-1" })).toMatchObject({
      busyTimeoutMs: 0,
      cleanupIntervalMs: undefined,
    });
  });

  it.each([
    [{}, "connectionString", "required"],
    [{ connectionString: "file:" }, "connectionString", "a path"],
    [{ connectionString: "a%zz.db" }, "connectionString", "a path"],
    [{ connectionString: "a.db?_pragma=journal_mode(OFF)" }, "connectionString", "disableWAL"],
    [{ connectionString: "a.db", tableName: "a; DROP TABLE b" }, "tableName", "letters, digits and _"],
    [{ connectionString: "a.db", metadataTableName: "ü" }, "metadataTableName", "letters, digits and _"],
    [{ connectionString: "a.db", timeout: "10ms" }, "timeout", "at least 1000ms"],
    [{ connectionString: "a.db", busyTimeout: "soon" }, "busyTimeout", "500ms"],
    [{ connectionString: "a.db", disableWAL: "perhaps" }, "disableWAL", "true, false"],
    [{ connectionString: "a.db", "mecha.synchronous": "OFF" }, "mecha.synchronous", "NORMAL, FULL"],
  ])("refuses %j, naming %s and what is allowed", (metadata, key, allowed) => {
    const attempt = () => read(metadata);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "CONFIGURATION_INVALID", component: "under-test" }) as Error,
    );
    expect(attempt).toThrow(`"${key}"`);
    expect(attempt).toThrow(allowed);
  });
});
