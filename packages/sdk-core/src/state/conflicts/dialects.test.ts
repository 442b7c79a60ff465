import { describe, expect, it } from "vitest";
import { dialectOf } from "./dialects.js";
import { mismatchText as mismatch, type Refusal } from "./store-dialect.js";

function refusalOf(type: string, text: string, ...keys: readonly string[]): Refusal {
  return dialectOf(type, ["ETAG", "TRANSACTIONAL"]).refusalOf({ text, keys });
}

describe("what a store says of a failed write", () => {
  it.each<[string, string, Refusal]>([
    [
      "state.redis",
      `${mismatch}: ERR user_script:14: failed to set key a||k script: d9, on @user_script:14.`,
      "mismatch",
    ],
    ["state.redis", "failed to set key a||k: ERR user_script:14: failed to set key a||k script: d9", "mismatch"],
    [
      "state.redis",
      `${mismatch}: ERR Error running script (call to f_d9): @user_script:6: user_script:6: failed to delete a||k`,
      "mismatch",
    ],
    ["state.redis", `${mismatch}: dial tcp 127.0.0.1:6379: connect: connection refused`, "none"],
    ["state.redis", `failed to set key a||k: ERR user_script:9: OOM command not allowed script: d9`, "none"],
    ["state.redis", 'invalid etag value: strconv.Atoi: parsing "x": invalid syntax', "invalid"],
    ["state.sqlite", mismatch, "mismatch"],
    ["state.sqlite", `${mismatch}: ${mismatch}\n${mismatch}`, "mismatch"],
    ["state.sqlite", `${mismatch}: database is locked`, "none"],
    ["state.sqlite", "error parsing TTL: possible", "none"],
    ["state.in-memory", `${mismatch}: item already exists and no etag was passed`, "mismatch"],
    ["state.in-memory", `some failure\n${mismatch}: ${mismatch}: state etag not match for key=a||k`, "mismatch"],
    ["state.in-memory", `${mismatch}: something else`, "none"],
    ["state.postgresql", mismatch, "mismatch"],
    ["state.postgresql", `${mismatch}: no rows in result set`, "mismatch"],
    ["state.postgresql", `${mismatch}: failed to connect: dial tcp: lookup db: no such host`, "none"],
    ["state.mongodb", `${mismatch}: context deadline exceeded`, "none"],
    ["state.sqlserver", 'invalid etag value: encoding/hex: invalid byte: U+0078 "x"', "invalid"],
    ["state.postgresql", "pq: password authentication failed", "none"],
  ])("%s: %s", (type, text, refusal) => {
    expect(refusalOf(type, text, "k")).toBe(refusal);
  });

  it("is not mixed up with the keys that it repeats", () => {
    const key = "user_script:1: failed to set key x";
    expect(refusalOf("state.redis", `failed to set key a||${key}: dial tcp: connection refused`, key)).toBe("none");
    expect(refusalOf("state.redis", `ERR user_script:14: failed to set key a||${key} script`, key)).toBe("mismatch");
  });

  it("needs no reading where Mecha's own runtime says it by the code", () => {
    const own = dialectOf("state.redis", ["ETAG", "TRANSACTIONAL", "MECHA_ATOMIC"]);
    expect(own.atomicTransactions).toBe(true);
    expect(own.createOnlyEtag).toBeUndefined();
    expect(own.refusalOf({ text: mismatch, keys: [] })).toBe("none");
    expect(dialectOf("state.redis", ["TRANSACTIONAL"])).toMatchObject({
      atomicTransactions: false,
      createOnlyEtag: "-1",
    });
  });
});
