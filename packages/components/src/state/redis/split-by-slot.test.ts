import type { StateOperation, StateStore } from "@mecha/spec";
import { expect, test } from "vitest";
import { testContext } from "../../../test/test-context.js";
import { clusterSlotOf } from "./cluster-slot.js";
import { splitBySlot } from "./split-by-slot.js";

test.each([
  ["123456789", 0x31c3],
  ["foo", 12_182],
  ["app||{order}1", clusterSlotOf("order")],
  ["{}order", clusterSlotOf("{}order")],
  ["a{b}{c}", clusterSlotOf("b")],
  ["a{b", clusterSlotOf("a{b")],
  ["", 0],
])("the slot of %j is %d", (key, slot) => {
  expect(clusterSlotOf(key)).toBe(slot % 16_384);
});

test("the slots of {}order and order differ, for empty braces count for nothing", () => {
  expect(clusterSlotOf("{}order")).not.toBe(clusterSlotOf("order"));
});

function recorder() {
  const calls: (readonly string[])[] = [];
  const store: StateStore = {
    backend: "test",
    features: [],
    get: async (keys) => {
      calls.push(keys);
      return keys.map((key) => ({ value: Buffer.from(key), etag: "1" }));
    },
    write: async (operations) => {
      calls.push(operations.map(({ key }) => key));
      return operations.map(() => undefined);
    },
  };
  return { calls, store: splitBySlot(store, testContext("state.redis", {})) };
}

const remove = (key: string): StateOperation => ({ type: "delete", key });

test("bulk calls are split by slot, and their results are in the order of the keys", async () => {
  const { calls, store } = recorder();
  const keys = ["a{1}", "b{2}", "c{1}", "b{2}"];
  const records = await store.get(keys);
  expect(records.map((record) => Buffer.from(record?.value ?? "").toString())).toEqual(keys);
  expect(calls).toEqual([
    ["a{1}", "c{1}"],
    ["b{2}", "b{2}"],
  ]);
  expect(await store.write(keys.map(remove), { atomic: false })).toEqual(keys.map(() => undefined));
});

test("a transaction stays in one slot, or is refused with the remedy", async () => {
  const { calls, store } = recorder();
  await store.write([remove("a{1}"), remove("b{1}")], { atomic: true });
  expect(calls).toEqual([["a{1}", "b{1}"]]);
  await expect(store.write([remove("a"), remove("b")], { atomic: true })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("order-{42}") as string,
  });
});
