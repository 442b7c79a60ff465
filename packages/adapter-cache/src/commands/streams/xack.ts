import { firstKey, type Command } from "../command.js";
import { readStream } from "./stream.js";
import { readIds } from "./stream-id.js";

/** `XACK key group id…`: entries that are done with; how many were pending. */
export const xack: Command = {
  name: "xack",
  arity: -4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const stream = readStream(keyspace, args.bytes(1));
    const group = stream?.value.groups.get(args.text(2));
    if (stream === undefined || group === undefined) return 0;
    const acknowledged = readIds(args, 3).filter((id) => group.pending.delete(id));
    if (acknowledged.length > 0) stream.save();
    return acknowledged.length;
  },
};
