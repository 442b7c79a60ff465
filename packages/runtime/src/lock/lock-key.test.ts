import type { LockStore } from "@mecha/spec";
import { expect, it } from "vitest";
import type { RunningComponent } from "../registry.js";
import { lockKeys } from "./lock-key.js";

/** A component of which only name and metadata are looked at. */
function running(metadata: Readonly<Record<string, string>>): RunningComponent<"lock"> {
  const component = { backend: "memory" } as LockStore;
  return { name: "locks", kind: "lock", type: "lock.redis", version: "v1", metadata, component };
}

it.each([
  [{}, "orders", "lock||orders||r"],
  [{}, "", "lock||r"],
  [{ keyPrefix: "appid" }, "orders", "lock||orders||r"],
  [{ KEYPREFIX: "Name" }, "orders", "lock||locks||r"],
  [{ keyPrefix: "none" }, "orders", "lock||r"],
  [{ keyPrefix: "Shop" }, "orders", "lock||shop||r"],
])("names a lock with the metadata %j for the app %j as daprd does", (metadata, appId, key) => {
  expect(lockKeys(running(metadata), appId)("r")).toBe(key);
});

it("refuses names and prefixes that could be taken for another's", () => {
  expect(() => lockKeys(running({}), "orders")("a||b")).toThrow("'a||b' can't contain '||'");
  expect(() => lockKeys(running({ keyPrefix: "a||b" }), "orders")("r")).toThrow("'a||b' can't contain '||'");
});
