import { ErrorReply } from "../../resp/reply.js";
import { syntaxError } from "../arguments.js";
import type { Command } from "../command.js";
import { readString, storeString } from "../strings.js";

type Combine = (left: number, right: number) => number;

const combinations: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["AND", (left, right) => left & right],
  ["OR", (left, right) => left | right],
  ["XOR", (left, right) => left ^ right],
  // Its one source is combined with nothing.
  ["NOT", (_nothing, right) => ~right & 0xff],
]);

const empty = Buffer.alloc(0);

/** `BITOP AND|OR|XOR|NOT destination key…`: stores what becomes of the strings' bits; how many bytes that is. */
export const bitop: Command = {
  name: "bitop",
  arity: -4,
  keys: (args) => args.slice(2),
  writes: true,
  run(keyspace, args) {
    const name = args.keyword(1);
    const combine = combinations.get(name);
    if (combine === undefined) throw syntaxError();
    if (name === "NOT" && args.count !== 4) {
      throw new ErrorReply("ERR BITOP NOT must be called with a single source key.");
    }
    const sources = args.slice(3).map((key) => readString(keyspace, key) ?? empty);
    const length = Math.max(...sources.map((source) => source.length));
    if (length === 0) keyspace.remove(args.bytes(2));
    else
      storeString(keyspace, args.bytes(2), combineAll(name === "NOT" ? [empty, ...sources] : sources, length, combine));
    return length;
  },
};

function combineAll([first, ...others]: readonly Buffer[], length: number, combine: Combine): Buffer {
  const result = Buffer.alloc(length);
  for (let index = 0; index < length; index++) {
    let byte = first?.[index] ?? 0;
    for (const other of others) byte = combine(byte, other[index] ?? 0);
    result[index] = byte;
  }
  return result;
}
