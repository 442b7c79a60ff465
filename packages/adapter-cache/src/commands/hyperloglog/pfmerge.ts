import { ok } from "../../resp/reply.js";
import { everyKey, type Command } from "../command.js";
import { createHyperLogLog, forgetEstimate, readHyperLogLog, registerCount } from "./layout.js";
import { isDense, mergeInto, raise } from "./registers.js";
import { toDense } from "./sparse-runs.js";

/** `PFMERGE destination [key…]`: counts in the destination what was counted in any of the keys. */
export const pfmerge: Command = {
  name: "pfmerge",
  arity: -2,
  keys: everyKey,
  writes: true,
  run(keyspace, args) {
    const registers = new Uint8Array(registerCount);
    const sources = args.slice(1).flatMap((key) => readHyperLogLog(keyspace, key) ?? []);
    for (const source of sources) mergeInto(registers, source);
    const old = readHyperLogLog(keyspace, args.bytes(1));
    let bytes = old === undefined ? createHyperLogLog() : Buffer.from(old);
    if (sources.some(isDense) && !isDense(bytes)) bytes = toDense(bytes);
    registers.forEach((value, register) => {
      if (value > 0) bytes = raise(bytes, register, value) ?? bytes;
    });
    forgetEstimate(bytes);
    keyspace.update(args.bytes(1), { type: "string", bytes });
    return ok;
  },
};
