import { invalidText, type StoreDialect } from "./store-dialect.js";

/** What the component's Lua scripts say of a value that they did not write or remove. */
const refusedByScript = /user_script:\d+: failed to (?:set key|delete) /;

/**
 * daprd's `state.redis` (components-contrib 1.18, `state/redis/redis.go`):
 * - ETags are counters, from 1; they start again when a key was deleted.
 * - Every failed write with an ETag and every failed delete is called a mismatch, also when Redis cannot be reached.
 * - First-write without an ETag overwrites a value that was not itself written so. It marks the value, and without an ETag
 *   nobody can write it any more.
 * - An ETag that never was given is a better condition: it holds for an absent key only, and leaves no mark.
 * - A wrong ETag on an absent key is taken for right.
 * - A transaction sends one script a write; those that succeed stay when another is refused.
 */
export const redisDialect: StoreDialect = {
  etagForm: /^[1-9]\d{0,15}$/,
  createOnlyEtag: "-1",
  atomicTransactions: false,
  refusalOf({ text, keys }) {
    if (text.startsWith(invalidText)) return "invalid";
    // A key may itself read like what a script says.
    let told = text;
    for (const key of keys) told = told.replaceAll(`||${key}`, "||");
    return refusedByScript.test(told) ? "mismatch" : "none";
  },
};
