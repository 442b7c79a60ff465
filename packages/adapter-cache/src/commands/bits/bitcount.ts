import { syntaxError } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { readString } from "../strings.js";
import { readUnit, toBitRange, type BitRange } from "./bit-range.js";

/** `BITCOUNT key [start end [BYTE | BIT]]`: how many bits are 1. */
export const bitcount: Command = {
  name: "bitcount",
  arity: -2,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const bytes = readString(keyspace, args.bytes(1));
    // Redis 7.0 does not look at the rest then.
    if (bytes === undefined) return 0;
    if (args.count === 2) return countBits(bytes, { start: 0, end: bytes.length * 8 - 1 });
    if (args.count !== 4 && args.count !== 5) throw syntaxError();
    const [first, last] = [args.position(2), args.position(3)];
    if (first < 0 && last < 0 && first > last) return 0;
    const unit = args.count === 5 ? readUnit(args, 4) : "BYTE";
    return countBits(bytes, toBitRange(first, last, bytes.length, unit));
  },
};

const onesOf = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

function countBits(bytes: Buffer, { start, end }: BitRange): number {
  if (start > end) return 0;
  const [first, last] = [Math.floor(start / 8), Math.floor(end / 8)];
  let ones = 0;
  for (let index = first; index <= last; index++) {
    let byte = bytes[index] ?? 0;
    if (index === first) byte &= 0xff >> (start % 8);
    if (index === last) byte &= 0xff << (7 - (end % 8));
    ones += onesOf[byte] ?? 0;
  }
  return ones;
}
