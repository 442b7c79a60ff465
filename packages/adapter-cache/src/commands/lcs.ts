import type { Keyspace } from "../engine/keyspace.js";
import { ErrorReply, MapReply, type Reply } from "../resp/reply.js";
import { syntaxError, type Arguments } from "./arguments.js";
import { firstTwoKeys, type Command } from "./command.js";
import { maxStringBytes } from "./string-length.js";

/** `LCS key key [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]`: the longest sequence of bytes that both strings have. */
export const lcs: Command = {
  name: "lcs",
  arity: -3,
  keys: firstTwoKeys,
  writes: false,
  run(keyspace, args) {
    const [left, right] = [readText(keyspace, args.bytes(1)), readText(keyspace, args.bytes(2))];
    const options = readOptions(args);
    const table = computeLengths(left, right);
    if (options.onlyLength) return table.length;
    const { bytes, matches } = follow(left, right, table);
    if (!options.indexes) return bytes;
    const shown = matches.filter(({ length }) => length >= options.minLength);
    return new MapReply(["matches", shown.map((match) => showMatch(match, options)), "len", table.length]);
  },
};

interface Options {
  onlyLength: boolean;
  indexes: boolean;
  minLength: number;
  withLength: boolean;
}

interface Match {
  readonly left: number;
  readonly right: number;
  readonly length: number;
}

/** Lengths of the longest common sequences of beginnings. */
interface Lengths {
  readonly at: (left: number, right: number) => number;
  /** That of both strings. */
  readonly length: number;
}

function readText(keyspace: Keyspace, key: Buffer): Buffer {
  const value = keyspace.find(key)?.value;
  if (value === undefined) return Buffer.alloc(0);
  if (value.type !== "string") throw new ErrorReply("ERR The specified keys must contain string values");
  return value.bytes;
}

function readOptions(args: Arguments): Options {
  const options: Options = { onlyLength: false, indexes: false, minLength: 0, withLength: false };
  for (let index = 3; index < args.count; index++) {
    const word = args.keyword(index);
    if (word === "IDX") options.indexes = true;
    else if (word === "LEN") options.onlyLength = true;
    else if (word === "WITHMATCHLEN") options.withLength = true;
    else if (word === "MINMATCHLEN" && index + 1 < args.count) options.minLength = args.position(++index);
    else throw syntaxError();
  }
  if (options.indexes && options.onlyLength) {
    throw new ErrorReply("ERR If you want both the length and indexes, please just use IDX.");
  }
  return options;
}

function computeLengths(left: Buffer, right: Buffer): Lengths {
  const width = right.length + 1;
  if ((left.length + 1) * width * 4 > maxStringBytes) {
    throw new ErrorReply("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  }
  const table = new Uint32Array((left.length + 1) * width);
  const at = (row: number, column: number): number => table[row * width + column] ?? 0;
  for (let row = 1; row <= left.length; row++) {
    for (let column = 1; column <= right.length; column++) {
      table[row * width + column] =
        left[row - 1] === right[column - 1]
          ? at(row - 1, column - 1) + 1
          : Math.max(at(row - 1, column), at(row, column - 1));
    }
  }
  return { at, length: at(left.length, right.length) };
}

/** Goes back from the ends; matches come in that order. */
function follow(left: Buffer, right: Buffer, { at }: Lengths): { readonly bytes: Buffer; readonly matches: Match[] } {
  const bytes: number[] = [];
  const matches: Match[] = [];
  let run = 0;
  let [row, column] = [left.length, right.length];
  const endRun = (): void => {
    if (run > 0) matches.push({ left: row, right: column, length: run });
    run = 0;
  };
  while (row > 0 && column > 0) {
    const byte = left[row - 1];
    if (byte !== undefined && byte === right[column - 1]) {
      bytes.push(byte);
      run++;
      row--;
      column--;
    } else {
      endRun();
      if (at(row - 1, column) > at(row, column - 1)) row--;
      else column--;
    }
  }
  endRun();
  return { bytes: Buffer.from(bytes.reverse()), matches };
}

function showMatch({ left, right, length }: Match, { withLength }: Options): Reply {
  const ranges = [
    [left, left + length - 1],
    [right, right + length - 1],
  ];
  return withLength ? [...ranges, length] : ranges;
}
