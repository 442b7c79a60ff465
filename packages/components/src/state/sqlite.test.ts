import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateStoreSuite } from "@mecha/conformance";
import type { StateStore } from "@mecha/spec";
import Database from "libsql";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

const { afterAll, afterEach, beforeEach, describe, expect, it } = test;

const supports = {
  features: ["ETAG", "TRANSACTIONAL", "TTL", "QUERY_API"],
  foreignEtag: "00000000-0000-4000-8000-000000000000",
  etagsNeverRepeat: true,
} as const;

for (const [title, metadata] of Object.entries({
  "in WAL mode": { connectionString: "data/state.db" },
  "without WAL": { connectionString: "file:data/state.db", disableWAL: "true" },
  "waiting for the disk": { url: "data/state.db", "mecha.synchronous": "full" },
  "in memory": { connectionString: ":memory:" },
})) {
  describe(`state.sqlite ${title}`, () => {
    const baseFolder = mkdtempSync(join(tmpdir(), "mecha-state-sqlite-"));
    afterAll(() => {
      rmSync(baseFolder, { recursive: true });
    });
    stateStoreSuite(test, () => component.create(testContext("state.sqlite", metadata, { baseFolder })), supports);
  });
}

describe("state.sqlite", () => {
  let baseFolder: string;
  let file: string;
  let closing: (() => unknown)[];
  beforeEach(() => {
    baseFolder = mkdtempSync(join(tmpdir(), "mecha-state-sqlite-"));
    file = join(baseFolder, "new", "state.db");
    closing = [];
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
    rmSync(baseFolder, { recursive: true });
  });

  it("keeps its file from other users in a folder that they may read", async () => {
    const mask = process.umask(0o022);
    try {
      const store = await component.create(
        testContext("state.sqlite", { connectionString: "open.db" }, { baseFolder }),
      );
      closing.push(() => store.close?.());
      await store.write([{ type: "set", key: "key", value: new Uint8Array(1) }], { atomic: true });
      for (const name of ["open.db", "open.db-wal"]) {
        expect([name, statSync(join(baseFolder, name)).mode & 0o777]).toEqual([name, 0o600]);
      }
    } finally {
      process.umask(mask);
    }
  });

  async function open(metadata: Record<string, string> = {}): Promise<StateStore> {
    const context = testContext("state.sqlite", { connectionString: "new/state.db", ...metadata }, { baseFolder });
    const store = await component.create(context);
    closing.push(() => store.close?.());
    return store;
  }

  function openRaw(): Database.Database {
    const database = new Database(file);
    closing.push(() => database.close());
    return database;
  }

  function set(key: string, value = "x") {
    return { type: "set", key, value: Buffer.from(value) } as const;
  }

  it("creates folder and file under the base folder, for this user alone", async () => {
    const store = await open();
    expect(store.backend).toBe(`file:${file}`);
    expect(statSync(join(baseFolder, "new")).mode & 0o777).toBe(0o700);
  });

  it("leaves daprd's tables and bytes", async () => {
    const store = await open();
    await store.write(
      [
        set("app||bytes", '{"a":1}'),
        { ...set("app||json", '{"a":1}'), metadata: { contentType: "application/json" } },
        { ...set("app||value", '{"a":"<&>"}'), isJson: true },
        { ...set("app||expiring"), ttlSeconds: 100 },
      ],
      { atomic: true },
    );
    const raw = openRaw();
    expect(raw.prepare("SELECT key, value FROM metadata").raw(true).all()).toEqual([["migrations", "1"]]);
    const columns = "value, is_binary, typeof(is_binary), length(etag), typeof(update_time)";
    const rows = raw
      .prepare(`SELECT ${columns} FROM state WHERE key NOT LIKE '%expiring' ORDER BY key`)
      .raw(true)
      .all();
    expect(rows).toEqual([
      ["eyJhIjoxfQ==", 1, "integer", 36, "text"],
      ['{"a":1}', 0, "integer", 36, "text"],
      [String.raw`{"a":"\u003c\u0026\u003e"}`, 0, "integer", 36, "text"],
    ]);
    const [expiry] = raw.prepare("SELECT expiration_time FROM state WHERE key = 'app||expiring'").raw(true).get() as [
      string,
    ];
    expect(expiry).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(Date.parse(`${expiry}Z`) - Date.now()).toBeGreaterThan(98_000);
  });

  it("refuses an expiry below -1, as daprd does, and takes -1 for none", async () => {
    const store = await open();
    const expiring = (ttlInSeconds: string) => ({ ...set("app||key"), metadata: { ttlInSeconds } });
    await expect(store.write([expiring("-2")], { atomic: false })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await store.write([expiring("-1")], { atomic: false })).toEqual([undefined]);
  });

  it("reads and replaces what daprd left", async () => {
    const store = await open({ tableName: "orders", metadataTableName: "orders_meta" });
    const raw = openRaw();
    const row = "VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP, DATETIME(CURRENT_TIMESTAMP, ?))";
    const insert = raw.prepare(
      `INSERT OR REPLACE INTO orders (key, value, is_binary, etag, update_time, expiration_time) ${row}`,
    );
    insert.run("json", '{"a":"ü"}', 0, "e1", "+100 seconds");
    insert.run("binary", Buffer.from([0, 255]).toString("base64"), 1, "e2", "+100 seconds");
    insert.run("expired", "1", 0, "e3", "-1 seconds");
    const [json, binary, expired] = await store.get(["json", "binary", "expired"]);
    expect(json).toMatchObject({ value: Buffer.from('{"a":"ü"}'), etag: "e1" });
    expect(binary).toMatchObject({ value: Buffer.from([0, 255]), etag: "e2" });
    expect(Math.abs((json?.expiresAtMs ?? 0) - Date.now() - 100_000)).toBeLessThan(2_000);
    expect(expired).toBeUndefined();
    expect(await store.write([{ ...set("json"), etag: "e1" }], { atomic: true })).toEqual([undefined]);
  });

  it("keeps everything over a restart", async () => {
    const first = await open();
    await first.write([set("key", "kept")], { atomic: false });
    const [before] = await first.get(["key"]);
    await first.close?.();
    expect(await (await open()).get(["key"])).toEqual([before]);
  });

  it("answers what was written before close, and nothing after", async () => {
    const store = await open();
    const write = store.write([set("key")], { atomic: false });
    await store.close?.();
    expect(await write).toEqual([undefined]);
    await expect(store.write([set("key")], { atomic: false })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await (await open()).get(["key"])).toEqual([
      expect.objectContaining({ etag: expect.any(String) as string }),
    ]);
  });

  it("waits for another writer without blocking the process, then goes on", async () => {
    const store = await open();
    const other = openRaw();
    other.exec("BEGIN IMMEDIATE");
    let answered = false;
    const write = store.write([set("key")], { atomic: true }).then(() => (answered = true));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(answered).toBe(false);
    other.exec("COMMIT");
    await write;
    expect((await store.get(["key"]))[0]).toBeDefined();
  });

  it("gives up after busyTimeout, names the file, and stores nothing", async () => {
    const store = await open({ busyTimeout: "50ms" });
    const other = openRaw();
    other.exec("BEGIN IMMEDIATE");
    await expect(store.write([set("key")], { atomic: false })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      component: "under-test",
      message: expect.stringContaining(file) as string,
    });
    other.exec("COMMIT");
    expect(await store.get(["key"])).toEqual([undefined]);
    expect(await store.write([set("key")], { atomic: false })).toEqual([undefined]);
  });

  it("removes expired rows when cleanupInterval says so, once for all processes", async () => {
    await open({ cleanupInterval: "100ms" });
    const raw = openRaw();
    raw.exec(`INSERT INTO state (key, value, is_binary, etag, expiration_time)
      VALUES ('old', '1', 0, 'e', DATETIME(CURRENT_TIMESTAMP, '-5 seconds')), ('kept', '1', 0, 'e', NULL)`);
    const keys = raw.prepare("SELECT key FROM state").raw(true);
    await expect.poll(() => keys.all(), { timeout: 5_000 }).toEqual([["kept"]]);
    expect(raw.prepare("SELECT key FROM metadata ORDER BY key").raw(true).all()).toEqual([
      ["last-cleanup"],
      ["migrations"],
    ]);
  });

  it("refuses keys that libsql would cut", async () => {
    const store = await open();
    await expect(store.write([set("a\0b")], { atomic: false })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("says which file is no database", async () => {
    writeFileSync(
      join(baseFolder, "notes.txt"),
      "This is not a database, and it is long enough to be noticed as none.".repeat(20),
    );
    await expect(open({ connectionString: "notes.txt" })).rejects.toMatchObject({
      code: "DATA_LOSS",
      message: expect.stringMatching(/"under-test".*notes\.txt/) as string,
    });
  });

  it("says which folder cannot be made", async () => {
    writeFileSync(join(baseFolder, "blocked"), "");
    await expect(open({ connectionString: "blocked/state.db" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("blocked") as string,
    });
  });
});
