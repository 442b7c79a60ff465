import { expect, it } from "vitest";
import { removedValue, type ConfigurationValues } from "./configuration-value.js";
import { KnownValues } from "./known-values.js";

const values = (entries: Readonly<Record<string, string>>): ConfigurationValues =>
  new Map(Object.entries(entries).map(([key, value]) => [key, { value, version: "", metadata: {}, isRemoved: false }]));

const told = (news: ConfigurationValues): object =>
  Object.fromEntries([...news].map(([key, { value, isRemoved }]) => [key, isRemoved ? "removed" : value]));

it("tells of a read only what is not as it was at the beginning", () => {
  const known = new KnownValues();
  known.begin(values({ a: "1", b: "1", c: "1" }));
  expect(told(known.read(values({ a: "1", b: "2", d: "1" })))).toEqual({ b: "2", c: "removed", d: "1" });
  expect(told(known.read(values({ a: "1", b: "2", d: "1" })))).toEqual({});
});

it("tells an announcement of what was read at the beginning: the reader may have read before that", () => {
  const known = new KnownValues();
  known.begin(values({ a: "1" }));
  expect(told(known.announced(values({ a: "1" })))).toEqual({ a: "1" });
  expect(told(known.announced(values({ a: "1" })))).toEqual({});
});

it("tells a key that comes back with the same value after its removal", () => {
  const known = new KnownValues();
  known.begin(values({ a: "1" }));
  expect(told(known.announced(new Map([["a", removedValue]])))).toEqual({ a: "removed" });
  expect(told(known.read(new Map()))).toEqual({});
  expect(told(known.announced(values({ a: "1" })))).toEqual({ a: "1" });
});
