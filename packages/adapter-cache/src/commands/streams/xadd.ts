import { ErrorReply } from "../../resp/reply.js";
import { arityError } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { newStream, readStream } from "./stream.js";
import { maxId, sequenceOf, showId, timeOf, toId } from "./stream-id.js";
import { readAddOptions, trim, type AddOptions } from "./trim.js";

/** `XADD key [NOMKSTREAM] [MAXLEN | MINID [= | ~] threshold [LIMIT count]] * | id field value…`: the id of the new entry. */
export const xadd: Command = {
  name: "xadd",
  arity: -5,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const options = readAddOptions(args, "xadd");
    const fields = args.slice(options.idAt + 1);
    if (fields.length < 2 || fields.length % 2 === 1) throw arityError("xadd");
    if (options.id !== undefined && "exact" in options.id && options.id.exact === 0n)
      throw new ErrorReply("ERR The ID specified in XADD must be greater than 0-0");
    const found = readStream(keyspace, args.bytes(1));
    if (found === undefined && options.onlyExisting) return null;
    const stream = found ?? newStream(keyspace, args.bytes(1));
    if (stream.value.lastId === maxId)
      throw new ErrorReply("ERR The stream has exhausted the last possible ID, unable to add more items");
    const id = chooseId(options.id, stream.value.lastId, keyspace.now);
    if (id === undefined)
      throw new ErrorReply("ERR The ID specified in XADD is equal or smaller than the target stream top item");
    stream.append({ id, fields });
    if (options.trimming !== undefined) trim(stream, options.trimming);
    stream.save();
    return showId(id);
  },
};

function chooseId(wanted: AddOptions["id"], lastId: bigint, now: number): bigint | undefined {
  if (wanted === undefined) return BigInt(now) > timeOf(lastId) ? toId(BigInt(now), 0n) : lastId + 1n;
  if ("exact" in wanted) return wanted.exact > lastId ? wanted.exact : undefined;
  if (wanted.time === timeOf(lastId)) return sequenceOf(lastId) === sequenceOf(maxId) ? undefined : lastId + 1n;
  return wanted.time > timeOf(lastId) ? toId(wanted.time, 0n) : undefined;
}
