import { firstKey, type Command } from "./command.js";
import { readString } from "./strings.js";

function range(name: string): Command {
  return {
    name,
    arity: 4,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      const [first, last] = [args.position(2), args.position(3)];
      const bytes = readString(keyspace, args.bytes(1));
      if (bytes === undefined || (first < 0 && last < 0 && first > last)) return "";
      const start = Math.max(0, first < 0 ? bytes.length + first : first);
      const stop = Math.min(bytes.length - 1, Math.max(0, last < 0 ? bytes.length + last : last));
      return start > stop ? "" : bytes.subarray(start, stop + 1);
    },
  };
}

/** `GETRANGE key start end`: a part of the string, both ends included. */
export const getrange = range("getrange");

/** `SUBSTR key start end`: the old name of GETRANGE. */
export const substr = range("substr");
