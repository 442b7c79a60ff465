import fc from "fast-check";
import { digestOf, scripts } from "./scripts.js";

/*
 * {k} key, {v} value, {i} integer, {t} time in milliseconds and {e} in seconds (none that ends during a test), {f} number, {m} member,
 * {s} bound of scores, {l} bound of names, {n} position, {g} glob, {b} position of a bit, {y} type of a bit field, {o} member as {m},
 * {p} key that mostly holds places, {h} a HyperLogLog, {x} a stream, {q} a list, {z} a sorted set, {j} id of an entry, {c} consumer group,
 * {w} channel, {W} pattern of channels, {u} value as DUMP gives it, {a} script of two keys and two arguments, {d} its digest.
 */

/** Words that stand for one argument. */
const single: Readonly<Record<string, fc.Arbitrary<string>>> = {
  k: fc.constantFrom("a", "b", "c", "d", "e"),
  v: fc.oneof(
    fc.constantFrom(
      "",
      "0",
      "1",
      "-1",
      "10",
      "3.0",
      "1e2",
      "abc",
      "a b",
      "\x00\xff|| \r\n",
      "9223372036854775807",
      "nan",
      "007",
    ),
    fc.string({ maxLength: 12 }).map((text) => Buffer.from(text).toString("latin1")),
  ),
  i: fc.oneof(
    fc.constantFrom(
      "0",
      "1",
      "-1",
      "5",
      "9223372036854775807",
      "-9223372036854775808",
      "9223372036854775808",
      "1.5",
      "x",
      " 1",
      "01",
      "",
    ),
    fc.integer({ min: -200, max: 200 }).map(String),
  ),
  t: fc.constantFrom("0", "-1", "500000", "9223372036854775807", "9223372036854775808", "1.5", "x", ""),
  f: fc.oneof(
    fc.constantFrom(
      "0",
      "1",
      "-1",
      "0.1",
      "3.3",
      "1e3",
      "1e-7",
      "1.5e300",
      "-0",
      "inf",
      "-inf",
      "+inf",
      "nan",
      "x",
      "",
      "0x10",
      "5.0e-5",
      "1e21",
      "123456789012345678",
    ),
    fc.double({ min: -1000, max: 1000, noNaN: true }).map(String),
  ),
  m: fc.constantFrom("m", "n", "o", "1", "2", "", "\xfe\x00", "longer-member"),
  s: fc.oneof(
    fc.constantFrom("-inf", "+inf", "(1", "(0", "(-inf", "x", "(", "0x10", " 3", "\x00", "2\x00x", " "),
    fc.integer({ min: -5, max: 12 }).map(String),
  ),
  l: fc.constantFrom("-", "+", "[m", "(m", "[n", "(o", "[", "(", "x", ""),
  n: fc.oneof(fc.integer({ min: -5, max: 6 }).map(String), fc.constantFrom("0", "-1", "100", "x", "-100")),
  b: fc.oneof(
    fc.integer({ min: 0, max: 70 }).map(String),
    fc.constantFrom("7", "100", "-1", "4294967296", "#0", "#2", "x"),
  ),
  y: fc.oneof(
    fc.constantFrom("u8", "i8", "i64", "u63", "u1", "i1", "u64", "i65", "u0", "x", "U8"),
    fc
      .tuple(fc.constantFrom("u", "i"), fc.integer({ min: 1, max: 63 }))
      .map(([sign, bits]) => `${sign}${String(bits)}`),
  ),
  h: fc.oneof({ weight: 4, arbitrary: fc.constant("e") }, { weight: 1, arbitrary: fc.constantFrom("a", "d") }),
  p: fc.oneof({ weight: 4, arbitrary: fc.constant("d") }, { weight: 1, arbitrary: fc.constantFrom("a", "b") }),
  o: fc.constantFrom("m", "n", "o", "1", "2", "p", "q", "r"),
  x: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("d", "e") }, { weight: 1, arbitrary: fc.constant("a") }),
  c: fc.constantFrom("g", "g", "h", ""),
  j: fc.oneof(
    fc.constantFrom(
      "-",
      "+",
      "$",
      ">",
      "0",
      "0-0",
      "0-1",
      "(1-1",
      "x",
      "1-x",
      "7-*",
      "18446744073709551615-18446744073709551615",
      "18446744073709551616",
      "(-",
      "007-1",
    ),
    fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2 }))
      .map(([time, sequence]) => `${String(time)}-${String(sequence)}`),
    fc.integer({ min: 0, max: 12 }).map(String),
  ),
  g: fc.constantFrom("*", "m*", "?", "[mn]", "[^m]", "long*r", "\\m", "[a-n]"),
  e: fc.constantFrom("0", "-1", "100", "150", "9223372036854775807", "9223372036854775808", "1.5", "x", " 1", "01", ""),
  q: fc.oneof({ weight: 4, arbitrary: fc.constant("b") }, { weight: 1, arbitrary: fc.constantFrom("a", "c") }),
  z: fc.oneof({ weight: 4, arbitrary: fc.constant("c") }, { weight: 1, arbitrary: fc.constantFrom("b", "d") }),
  w: fc.constantFrom("w1", "w2"),
  W: fc.constantFrom("w*", "w1", "?2", "[w]1", "none"),
  u: fc.constantFrom(
    "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb",
    "\x12\x01\x02\r\r\x00\x00\x00\x02\x00\x81a\x02\x81b\x02\xff\n\x00h\xeb\n\x89\x13A\xbb\xb1",
    "\x10\x0c\x0c\x00\x00\x00\x02\x00\x81m\x02\x01\x01\xff\n\x00\n@\xa0\xcd\xa0\xc3\xb9\x12",
    "\x0b\x0e\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00\x03\x00\n\x00\xa5\x02\\\xe2mnM\x1b",
    "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbc",
    "",
  ),
  a: fc.constantFrom(...scripts),
  d: fc.constantFrom(...scripts.map(digestOf)),
};

/** Longitude and latitude. */
const coordinates = fc
  .oneof(
    fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -85, max: 85, noNaN: true })),
    fc.tuple(fc.double({ min: 12, max: 16, noNaN: true }), fc.double({ min: 36, max: 39, noNaN: true })),
    fc.constantFrom([13.361389, 38.115556], [15.087269, 37.502669], [180, 85.05112878], [-180, -85.05112878], [0, 86]),
  )
  .map((pair) => pair.map(String));

/** Radius and unit. */
const radius = fc.oneof(
  fc.tuple(
    fc.constantFrom("0", "1", "100", "200", "1000", "5000", "15000", "-1", "x"),
    fc.constantFrom("m", "km", "FT", "mi", "y"),
  ),
  fc.tuple(fc.double({ min: 1, max: 9000, noNaN: true }).map(String), fc.constantFrom("km", "mi")),
);

/** What stands for a word in braces. */
export const words: ReadonlyMap<string, fc.Arbitrary<string[]>> = new Map([
  ...Object.entries(single).map(([name, value]) => [name, value.map((text) => [text])] as const),
  ["@", coordinates],
  ["r", radius],
]);
