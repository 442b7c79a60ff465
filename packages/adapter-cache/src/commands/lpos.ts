import { ErrorReply, type Reply } from "../resp/reply.js";
import { syntaxError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { readList } from "./lists.js";
import { readNotNegative } from "./numbered-keys.js";
import { minInteger } from "../numbers/integer.js";

/** `LPOS key item [RANK rank] [COUNT count] [MAXLEN length]`: where equal items are. */
export const lpos: Command = {
  name: "lpos",
  arity: -3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const { rank, count, maxLength } = readOptions(args);
    const list = readList(keyspace, args.bytes(1));
    if (list === undefined) return count === undefined ? null : [];
    const items = [...list];
    const found: Reply[] = [];
    const limit = count === undefined ? 1 : count === 0 ? Infinity : count;
    let skipped = Math.abs(rank) - 1;
    const reach = Math.min(items.length, maxLength === 0 ? Infinity : maxLength);
    for (let step = 0; step < reach && found.length < limit; step++) {
      const index = rank > 0 ? step : items.length - 1 - step;
      if (items[index]?.equals(args.bytes(2)) !== true) continue;
      if (skipped > 0) skipped--;
      else found.push(index);
    }
    return count === undefined ? (found[0] ?? null) : found;
  },
};

interface Options {
  /** Which of the equal items comes first; counted from the end if negative. */
  rank: number;
  count: number | undefined;
  /** How many items are looked at; 0 for all. */
  maxLength: number;
}

function readOptions(args: Arguments): Options {
  const options: Options = { rank: 1, count: undefined, maxLength: 0 };
  for (let index = 3; index < args.count; index += 2) {
    const word = args.keyword(index);
    if (index + 1 >= args.count) throw syntaxError();
    if (word === "RANK") options.rank = readRank(args, index + 1);
    else if (word === "COUNT") options.count = readNotNegative(args, index + 1, "ERR COUNT can't be negative");
    else if (word === "MAXLEN") options.maxLength = readNotNegative(args, index + 1, "ERR MAXLEN can't be negative");
    else throw syntaxError();
  }
  return options;
}

function readRank(args: Arguments, index: number): number {
  const rank = args.integer(index);
  if (rank === minInteger) {
    const most = String(-minInteger - 1n);
    throw new ErrorReply(`ERR value is out of range, value must between -${most} and ${most}`);
  }
  if (rank === 0n) {
    throw new ErrorReply(
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
    );
  }
  return Number(rank);
}
