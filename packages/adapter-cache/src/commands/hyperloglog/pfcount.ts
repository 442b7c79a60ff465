import { everyKey, type Command } from "../command.js";
import { estimate } from "./estimate.js";
import { readHyperLogLog, registerCount, storedEstimate, storeEstimate } from "./layout.js";
import { mergeInto } from "./registers.js";

/** `PFCOUNT key…`: about how many different elements were counted, in any of the keys. */
export const pfcount: Command = {
  name: "pfcount",
  arity: -2,
  keys: everyKey,
  // With one key it keeps the estimate beside the registers, as Redis does; with several it only reads.
  writes: false,
  run(keyspace, args) {
    const found = args.slice(1).map((key) => readHyperLogLog(keyspace, key));
    const known = found.length === 1 && found[0] !== undefined ? storedEstimate(found[0]) : undefined;
    if (known !== undefined) return known;
    const registers = new Uint8Array(registerCount);
    for (const bytes of found) if (bytes !== undefined) mergeInto(registers, bytes);
    const result = estimate(registers);
    if (found.length === 1 && found[0] !== undefined) {
      const bytes = Buffer.from(found[0]);
      storeEstimate(bytes, result);
      keyspace.update(args.bytes(1), { type: "string", bytes });
    }
    return result;
  },
};
