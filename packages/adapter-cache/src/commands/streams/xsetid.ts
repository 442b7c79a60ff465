import { ErrorReply, ok } from "../../resp/reply.js";
import { syntaxError } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { readStream } from "./stream.js";
import { readId } from "./stream-id.js";

/** `XSETID key last-id [ENTRIESADDED count] [MAXDELETEDID id]`: what the stream remembers of ids. */
export const xsetid: Command = {
  name: "xsetid",
  arity: -3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const id = readId(args, 2);
    let added: bigint | undefined;
    let maxDeletedId = 0n;
    for (let index = 3; index < args.count; index += 2) {
      const word = args.keyword(index);
      if (index + 1 >= args.count) throw syntaxError();
      if (word === "ENTRIESADDED") {
        added = args.integer(index + 1);
        if (added < 0n) throw new ErrorReply("ERR entries_added must be positive");
      } else if (word === "MAXDELETEDID") {
        maxDeletedId = readId(args, index + 1);
        if (id < maxDeletedId)
          throw new ErrorReply("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      } else throw syntaxError();
    }
    const stream = readStream(keyspace, args.bytes(1));
    if (stream === undefined) throw new ErrorReply("ERR no such key");
    const { value } = stream;
    if (id < value.maxDeletedId)
      throw new ErrorReply("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
    if (stream.length > 0) {
      if (id < stream.topId)
        throw new ErrorReply("ERR The ID specified in XSETID is smaller than the target stream top item");
      if (added !== undefined && BigInt(stream.length) > added)
        throw new ErrorReply("ERR The entries_added specified in XSETID is smaller than the target stream length");
    }
    value.lastId = id;
    if (added !== undefined) value.added = added;
    if (maxDeletedId !== 0n) value.maxDeletedId = maxDeletedId;
    stream.save();
    return ok;
  },
};
