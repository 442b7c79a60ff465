import { firstKey, type Command } from "../command.js";
import { createHyperLogLog, forgetEstimate, readHyperLogLog } from "./layout.js";
import { addElement } from "./registers.js";

/** `PFADD key [element…]`: counts elements; 1 if that changed anything. */
export const pfadd: Command = {
  name: "pfadd",
  arity: -2,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const old = readHyperLogLog(keyspace, args.bytes(1));
    let bytes = old === undefined ? createHyperLogLog() : Buffer.from(old);
    let changed = old === undefined;
    for (const element of args.slice(2)) {
      const next = addElement(bytes, element);
      if (next === undefined) continue;
      bytes = next;
      changed = true;
    }
    if (!changed) return 0;
    forgetEstimate(bytes);
    keyspace.update(args.bytes(1), { type: "string", bytes });
    return 1;
  },
};
