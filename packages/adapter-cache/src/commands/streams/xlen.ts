import { firstKey, type Command } from "../command.js";
import { readStream } from "./stream.js";
import { readIds } from "./stream-id.js";
import { readAddOptions, trim } from "./trim.js";

/** `XLEN key`: how many entries there are. */
export const xlen: Command = {
  name: "xlen",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readStream(keyspace, args.bytes(1))?.length ?? 0,
};

/** `XDEL key id…`: removes entries; how many. */
export const xdel: Command = {
  name: "xdel",
  arity: -3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const stream = readStream(keyspace, args.bytes(1));
    if (stream === undefined) return 0;
    const removed = readIds(args, 2).filter((id) => stream.remove(id));
    for (const id of removed) if (id > stream.value.maxDeletedId) stream.value.maxDeletedId = id;
    if (removed.length > 0) stream.save();
    return removed.length;
  },
};

/** `XTRIM key MAXLEN | MINID [= | ~] threshold [LIMIT count]`: removes the oldest entries; how many. */
export const xtrim: Command = {
  name: "xtrim",
  arity: -4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const { trimming } = readAddOptions(args, "xtrim");
    const stream = readStream(keyspace, args.bytes(1));
    if (stream === undefined || trimming === undefined) return 0;
    const removed = trim(stream, trimming);
    if (removed > 0) stream.save();
    return removed;
  },
};
