import { MechaError, type StateOperation } from "@mecha/spec";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GroupCommit } from "./group-commit.js";

describe("GroupCommit", () => {
  let database: Database.Database;
  let commits: GroupCommit;
  let failWith: unknown;

  beforeEach(() => {
    database = new Database(":memory:");
    database.exec("CREATE TABLE log (key TEXT)");
    failWith = undefined;
    const insert = database.prepare("INSERT INTO log VALUES (?)");
    commits = new GroupCommit({
      database,
      busyTimeoutMs: 100,
      apply({ key }: StateOperation) {
        if (key === "refused") return new MechaError("ETAG_MISMATCH", "refused");
        if (key === "broken") throw failWith;
        insert.run(key);
        return undefined;
      },
    });
  });
  afterEach(() => {
    database.close();
  });

  function remove(...keys: string[]): StateOperation[] {
    return keys.map((key) => ({ type: "delete", key }));
  }

  function logged(): unknown {
    return database.prepare("SELECT group_concat(key) FROM log").raw(true).get();
  }

  it("puts all calls of one tick into one transaction", async () => {
    const exec = vi.spyOn(database, "exec");
    await Promise.all(Array.from({ length: 100 }, (_, index) => commits.write(remove(String(index)), false)));
    expect(exec.mock.calls.map(([statement]) => statement)).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
  });

  it("keeps a call's failure to itself", async () => {
    const results = await Promise.allSettled([
      commits.write(remove("a"), true),
      commits.write(remove("b", "refused", "c"), true),
      commits.write(remove("d", "refused", "e"), false),
      commits.write(remove("refused"), true),
      commits.write(remove("f", "g"), true),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(results[2]).toMatchObject({ value: [undefined, { code: "ETAG_MISMATCH" }, undefined] });
    expect(logged()).toEqual(["a,d,e,f,g"]);
  });

  it("rejects every call of a transaction that broke, stores nothing, and goes on", async () => {
    failWith = new Error("disk on fire");
    const results = await Promise.allSettled([commits.write(remove("a"), true), commits.write(remove("broken"), true)]);
    expect(results).toMatchObject([{ reason: failWith }, { reason: failWith }]);
    expect(logged()).toEqual([null]);
    await commits.write(remove("b"), true);
    expect(logged()).toEqual(["b"]);
  });

  it("splits what is too much for one transaction, in order", async () => {
    const exec = vi.spyOn(database, "exec");
    const many = Array.from({ length: 700 }, (_, index) => String(index));
    await Promise.all([commits.write(remove(...many), false), commits.write(remove(...many), false)]);
    expect(exec.mock.calls.filter(([statement]) => statement === "COMMIT")).toHaveLength(2);
  });

  it("is drained when all is answered", async () => {
    await commits.drained();
    let answered = false;
    void commits.write(remove("a"), true).then(() => (answered = true));
    await commits.drained();
    expect(answered).toBe(true);
  });
});
