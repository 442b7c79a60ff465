import { splitOf } from "../../documents/parts/split-values.js";
import { firstKey, type Command } from "../command.js";
import { inOneDocument } from "../streams/stream.js";
import { writeDump } from "./write-dump.js";

/** `DUMP key`: what the key holds, as RESTORE takes it, here and in Redis from 7.0 on. */
export const dump: Command = {
  name: "dump",
  arity: 2,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const key = args.bytes(1);
    const value = keyspace.find(key)?.value;
    return value === undefined ? null : writeDump(splitOf(value)?.join() ?? inOneDocument(keyspace, key, value));
  },
};
