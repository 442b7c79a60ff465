import type { LiveValue, StatePlace, StateStore } from "@mecha/spec";
import { beforeEach, expect, test } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./memory.js";

/** A value whose text may be changed where it lies. */
class Text implements LiveValue {
  constructor(public text: string) {}

  toBytes(): Buffer {
    return Buffer.from(this.text);
  }
}

let store: StateStore;
beforeEach(async () => {
  store = await component.create(testContext("state.in-memory", {}));
});

function placeOf(key: string): StatePlace {
  const place = store.placeOf?.(key);
  if (place === undefined) throw new Error("no places");
  return place;
}

async function read(key: string): Promise<readonly [string, string] | undefined> {
  const [record] = await store.get([key]);
  return record && [Buffer.from(record.value).toString(), record.etag];
}

test("what is put at a place is read as bytes, each change under a new ETag", async () => {
  const place = placeOf("a");
  expect(place.read()).toBeUndefined();
  const value = new Text("one");
  place.write(value);
  expect(place.read()).toBe(value);
  const [text, first] = (await read("a")) ?? [];
  expect(text).toBe("one");

  value.text = "two";
  place.write(value);
  expect(await read("a")).toEqual(["two", expect.not.stringMatching(`^${String(first)}$`)]);

  const stale = { type: "set", key: "a", value: Buffer.from("three"), etag: String(first) } as const;
  expect(await store.write([stale], { atomic: false })).toEqual([expect.objectContaining({ code: "ETAG_MISMATCH" })]);
});

test("bytes are read as a copy, and an object may be kept for them under the same ETag", async () => {
  await store.write([{ type: "set", key: "a", value: Buffer.from("bytes") }], { atomic: true });
  const before = await read("a");
  const place = placeOf("a");
  const found = place.read() as Buffer;
  expect(String(found)).toBe("bytes");
  found.fill(0);
  place.hold(new Text("bytes"));
  expect(place.read()).toBeInstanceOf(Text);
  expect(await read("a")).toEqual(before);
  placeOf("nothing").hold(new Text("x"));
  expect(await read("nothing")).toBeUndefined();
});

test("a value ends in its time, and one that is written again without one stays", async () => {
  const place = placeOf("a");
  const value = new Text("short");
  place.write(value, 0.001);
  await expect.poll(() => place.read()).toBeUndefined();
  place.write(value, 60);
  const [record] = await store.get(["a"]);
  expect(record?.expiresAtMs).toBeGreaterThan(Date.now());
  place.write(value);
  expect((await store.get(["a"]))[0]).not.toHaveProperty("expiresAtMs");
});

test("a transaction that fails puts back what lay there", async () => {
  const place = placeOf("a");
  const value = new Text("kept");
  place.write(value);
  const operations = [
    { type: "set", key: "a", value: Buffer.from("lost") },
    { type: "delete", key: "b", etag: "1" },
  ] as const;
  await expect(store.write(operations, { atomic: true })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
  expect(place.read()).toBe(value);
});

test("only so many values are kept as objects; the others become bytes, the oldest first", () => {
  const places = Array.from({ length: 1_200 }, (_, index) => placeOf(`key-${String(index)}`));
  for (const [index, place] of places.entries()) place.write(new Text(`value ${String(index)}`));
  const found = places.map((place) => place.read());
  expect(found.findIndex((each) => each instanceof Text)).toBe(200);
  expect(found[0]).toEqual(Buffer.from("value 0"));
  expect(found[1_199]).toMatchObject({ text: "value 1199" });
});

test("a place of a closed store refuses", async () => {
  const place = placeOf("a");
  await store.close?.();
  expect(() => place.read()).toThrow("closed");
  expect(() => place.write(new Text("x"))).toThrow("closed");
});
