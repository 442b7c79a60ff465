import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeCommand } from "../../test/raw-client.js";
import { CommandParser, ProtocolError } from "./command-parser.js";

function parse(chunks: readonly Buffer[]): string[][] {
  const parser = new CommandParser();
  const commands: string[][] = [];
  for (const chunk of chunks)
    parser.push(chunk, (command) => commands.push(command.map((bytes) => bytes.toString("latin1"))));
  return commands;
}

/** Cuts bytes at random places. */
function chunked(bytes: Buffer): fc.Arbitrary<Buffer[]> {
  return fc.array(fc.nat(bytes.length), { maxLength: 6 }).map((cuts) => {
    const places = [0, ...cuts.sort((left, right) => left - right), bytes.length];
    return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
  });
}

it("reads any commands, however their bytes are cut", () => {
  const word = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
  const commands = fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  const cut = commands.chain((all) =>
    fc.tuple(fc.constant(all), chunked(Buffer.from(all.map(encodeCommand).join(""), "latin1"))),
  );
  fc.assert(
    fc.property(cut, ([all, chunks]) => {
      expect(parse(chunks)).toEqual(all);
    }),
  );
});

it("reads lines of words", () => {
  expect(parse([Buffer.from("PING\r\n  set  a 1\n\r\nGET a\r"), Buffer.from("\n")])).toEqual([
    ["PING"],
    ["set", "a", "1"],
    ["GET", "a"],
  ]);
});

it.each([
  ["*x\r\n", "invalid multibulk length"],
  ["*1048577\r\n", "invalid multibulk length"],
  ["*1\r\n+OK\r\n", "expected '$', got '+'"],
  ["*1\r\n$-1\r\n", "invalid bulk length"],
  ["*1\r\n$536870913\r\n", "invalid bulk length"],
  ["x".repeat(70_000), "too big inline request"],
  [`*${"1".repeat(70_000)}`, "too big count string"],
])("refuses what no client sends (%#)", (text, complaint) => {
  expect(() => parse([Buffer.from(text)])).toThrow(new ProtocolError(complaint));
});
