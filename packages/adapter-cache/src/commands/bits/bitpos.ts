import { ErrorReply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { readString } from "../strings.js";
import { readUnit, toBitRange, type BitRange } from "./bit-range.js";
import { bitAt } from "./bit-string.js";

/** `BITPOS key 0|1 [start [end [BYTE | BIT]]]`: the position of the first such bit; -1 if there is none. */
export const bitpos: Command = {
  name: "bitpos",
  arity: -3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const bit = args.integer(2);
    if (bit !== 0n && bit !== 1n) throw new ErrorReply("ERR The bit argument must be 1 or 0.");
    const bytes = readString(keyspace, args.bytes(1));
    if (bytes === undefined) return bit === 1n ? -1 : 0;
    const range = readRange(args, bytes.length);
    if (range.start > range.end) return -1;
    const found = findBit(bytes, Number(bit), range);
    // Without an end, the string counts as going on with zeros.
    return found < 0 && bit === 0n && args.count < 5 ? bytes.length * 8 : found;
  },
};

function readRange(args: Arguments, length: number): BitRange {
  if (args.count > 6) throw syntaxError();
  const first = args.count > 3 ? args.position(3) : 0;
  const unit = args.count > 5 ? readUnit(args, 5) : "BYTE";
  const last = args.count > 4 ? args.position(4) : -1;
  return toBitRange(first, last, length, unit);
}

function findBit(bytes: Buffer, bit: number, { start, end }: BitRange): number {
  const without = bit === 1 ? 0 : 0xff;
  for (let offset = start; offset <= end; ) {
    if (offset % 8 === 0 && bytes[offset / 8] === without) offset += 8;
    else if (bitAt(bytes, offset) === bit) return offset;
    else offset++;
  }
  return -1;
}
