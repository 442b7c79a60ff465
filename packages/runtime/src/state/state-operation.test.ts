import { common } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import type { StateKeys } from "./state-key.js";
import { toStateDelete, toStateSet } from "./state-operation.js";

const keys: StateKeys = { prefix: "shop||", stored: (key) => `shop||${key}` };
const item = (fields: Parameters<typeof common.StateItem.fromPartial>[0]) =>
  common.StateItem.fromPartial({ key: "k", ...fields });

test("a write takes a copy of the bytes", () => {
  const value = Buffer.from("before");
  const write = toStateSet(item({ value }), keys);
  value.write("after!");
  expect(Buffer.from(write.value).toString()).toBe("before");
});

test("ETag, first-write and time to live are what the item says", () => {
  const { CONCURRENCY_FIRST_WRITE } = common.StateOptions_StateConcurrency;
  expect(toStateSet(item({ etag: { value: "7" }, metadata: { ttlInSeconds: "60" } }), keys)).toMatchObject({
    key: "shop||k",
    etag: "7",
    ttlSeconds: 60,
  });
  expect(toStateSet(item({ options: { concurrency: CONCURRENCY_FIRST_WRITE } }), keys)).toMatchObject({
    firstWrite: true,
  });
  expect(toStateDelete(item({ etag: { value: "7" } }), keys)).toEqual({ type: "delete", key: "shop||k", etag: "7" });
});

test("an empty ETag is none, and a time of -1 is for ever", () => {
  const write = toStateSet(item({ etag: { value: "" }, metadata: { ttlInSeconds: "-1" } }), keys);
  expect(write).not.toHaveProperty("etag");
  expect(write).not.toHaveProperty("ttlSeconds");
});

test("a time to live that is no number of seconds is refused", () => {
  expect(() => toStateSet(item({ metadata: { ttlInSeconds: "soon" } }), keys)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error,
  );
});
