import { describe, expect, it } from "vitest";
import { fromWire, toWire } from "./wire-value.js";

const roundTrip = (value: unknown): unknown => fromWire(JSON.parse(JSON.stringify(toWire(value))));

describe("RPC values on the wire", () => {
  it.each([
    [1, 1],
    [Number.NaN, null],
    [undefined, null],
    [new Date(7), new Date(7)],
    [Buffer.from([0, 255]), Buffer.from([0, 255])],
    [9007199254740993n, "9007199254740993"],
    [{ $class: "java.lang.Long", $: "77" }, 77],
    [{ $class: "java.lang.Long", $: "9007199254740993" }, "9007199254740993"],
    [{ $class: "com.acme.P", $: { x: { $class: "java.util.Date", $: new Date(3) } } }, { x: new Date(3) }],
    [new Map([["a", { b: new Date(1) }]]), { a: { b: new Date(1) } }],
    [
      [1, [undefined, { a: undefined }]],
      [1, [null, { a: null }]],
    ],
  ])("carries %o", (value, expected) => {
    expect(roundTrip(value)).toEqual(expected);
  });

  it("does not take a caller's own $type for its marks", () => {
    const value = { $type: "date", value: 5, inner: { $type: "x" } };
    expect(roundTrip(value)).toEqual(value);
  });

  it("keeps __proto__ from outside a plain key", () => {
    const value = fromWire(JSON.parse('{"__proto__":{"admin":true}}')) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });

  it("refuses a value that refers to itself, and forms it does not know", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => toWire(circle)).toThrow("refers to itself");
    expect(() => fromWire({ $type: "future", value: 1 })).toThrow('unknown form "future"');
  });

  it("allows one object in two places", () => {
    const shared = { a: 1 };
    expect(roundTrip([shared, shared])).toEqual([shared, shared]);
  });
});
