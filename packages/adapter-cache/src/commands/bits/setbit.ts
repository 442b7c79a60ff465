import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply } from "../../resp/reply.js";
import { firstKey, type Command } from "../command.js";
import { readString } from "../strings.js";
import { readBitOffset } from "./bit-offset.js";
import { bitAt, grownCopy } from "./bit-string.js";

/** `SETBIT key offset 0|1`: sets one bit of a string, which grows as needed; the bit as it was. */
export const setbit: Command = {
  name: "setbit",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const offset = readBitOffset(args, 2);
    const bit = parseInteger(args.bytes(3));
    if (bit !== 0n && bit !== 1n) throw new ErrorReply("ERR bit is not an integer or out of range");
    const old = readString(keyspace, args.bytes(1));
    const before = old === undefined ? 0 : bitAt(old, offset);
    const place = Math.floor(offset / 8);
    if (old !== undefined && place < old.length && before === Number(bit)) return before;
    const bytes = grownCopy(old, place + 1);
    const mask = 0x80 >> (offset % 8);
    const byte = bytes[place] ?? 0;
    bytes[place] = bit === 1n ? byte | mask : byte & ~mask;
    keyspace.update(args.bytes(1), { type: "string", bytes });
    return before;
  },
};

/** `GETBIT key offset`: one bit of a string; 0 beyond its end. */
export const getbit: Command = {
  name: "getbit",
  arity: 3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const offset = readBitOffset(args, 2);
    const bytes = readString(keyspace, args.bytes(1));
    return bytes === undefined ? 0 : bitAt(bytes, offset);
  },
};
