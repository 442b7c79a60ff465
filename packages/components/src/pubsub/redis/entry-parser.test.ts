import { expect, it } from "vitest";
import { EntryParser, type ReadReply } from "./entry-parser.js";
import type { StreamEntry } from "./stream-entry.js";

type Fields = readonly (string | Buffer)[] | null;

function bulk(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(`$${String(bytes.length)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** A reply to XREADGROUP, as Redis writes it. */
function replyOf(entries: readonly (readonly [string, Fields])[]): Buffer {
  const parts = entries.flatMap(([id, fields]) => [
    Buffer.from("*2\r\n"),
    bulk(id),
    Buffer.from(fields === null ? "*-1\r\n" : `*${String(fields.length)}\r\n`),
    ...(fields ?? []).map(bulk),
  ]);
  return Buffer.concat([
    Buffer.from("*1\r\n*2\r\n"),
    bulk("orders"),
    Buffer.from(`*${String(entries.length)}\r\n`),
    ...parts,
  ]);
}

/** What a parser says to bytes that come in pieces. */
function parse(pieces: readonly Buffer[], parser = new EntryParser()): ReadReply | undefined {
  const replies = pieces.map((piece) => parser.push(piece));
  expect(replies.slice(0, -1).every((reply) => reply === undefined)).toBe(true);
  return replies.at(-1);
}

const body = Buffer.from([0, 13, 10, 36, 255]);
const reply = replyOf([
  ["1732358400000-0", ["data", body]],
  ["1732358400000-1", null],
  ["1732358400000-2", ["metadata", '{"colour":"blue"}', "other", "x", "data", "with metadata"]],
  ["1732358400000-3", []],
]);
const entries = [
  { id: "1732358400000-0", data: body, metadata: {} },
  { id: "1732358400000-2", data: Buffer.from("with metadata"), metadata: { colour: "blue" } },
  { id: "1732358400000-3", data: Buffer.alloc(0), metadata: {} },
];

it("reads entries, wherever their bytes are cut, and leaves out those that are gone", () => {
  expect(parse([reply])).toEqual(entries);
  for (let at = 1; at < reply.length; at++) {
    expect(parse([reply.subarray(0, at), reply.subarray(at)]), `cut at ${String(at)}`).toEqual(entries);
  }
  expect(parse([...reply].map((byte) => Buffer.from([byte])))).toEqual(entries);
});

it("reads one reply after another", () => {
  const parser = new EntryParser();
  expect(parse([Buffer.from(":4"), Buffer.from("2\r\n")], parser)).toBe(42);
  expect(parse([reply.subarray(0, 100), reply.subarray(100)], parser)).toEqual(entries);
  expect(parse([Buffer.from("*-1\r\n")], parser)).toEqual([]);
  expect(parse([Buffer.from("-NOGROUP No such"), Buffer.from(" group\r\n")], parser)).toMatchObject({
    name: "ReplyError",
    message: "NOGROUP No such group",
  });
  expect(parse([Buffer.from("$-1\r\n")], parser)).toEqual([]);
  expect(parse([reply], parser)).toEqual(entries);
});

it("reads what is much larger than its pieces", () => {
  const data = Buffer.alloc(1_000_000, "x");
  const bytes = replyOf([["1-0", ["data", data]]]);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, index) =>
    bytes.subarray(index * 1_000, (index + 1) * 1_000),
  );
  const [entry] = parse(pieces) as readonly StreamEntry[];
  expect(data.equals(entry?.data ?? Buffer.alloc(0))).toBe(true);
});

it("refuses bytes that are no such reply", () => {
  expect(() => parse([Buffer.from("+OK\r\n")])).toThrow("something else");
  expect(() => parse([Buffer.from("*1\r\n$3\r\nfoo\r\n")])).toThrow("something else");
});
