import type { Arguments } from "../arguments.js";
import { syntaxError } from "../arguments.js";
import { ErrorReply } from "../../resp/reply.js";
import { parseHalf, parseId, invalidId, readId } from "./stream-id.js";
import type { Stream } from "./stream.js";

/** How many entries Redis keeps in one node: what is trimmed nearly (`~`) is trimmed by nodes. */
const nodeEntries = 100;

/** How to trim a stream. */
export interface Trimming {
  /** How many entries are kept, or from which id on. */
  readonly keep: { readonly length: number } | { readonly from: bigint };
  readonly nearly: boolean;
  /** Most entries that are removed; 0 for any number. */
  readonly limit: number;
}

/** The options of XADD and XTRIM. */
export interface AddOptions {
  readonly trimming: Trimming | undefined;
  /** Whether an absent stream stays absent. */
  readonly onlyExisting: boolean;
  /** The id that was given; with a `time` alone, the sequence number is to be found. */
  readonly id: { readonly exact: bigint } | { readonly time: bigint } | undefined;
  /** Where the id is. */
  readonly idAt: number;
}

/** Reads the options between a key and what comes after them. */
export function readAddOptions(args: Arguments, command: "xadd" | "xtrim"): AddOptions {
  let keep: Trimming["keep"] | undefined;
  let nearly = false;
  let limit: number | undefined;
  let onlyExisting = false;
  let id: AddOptions["id"];
  let index = 2;
  for (; index < args.count; index++) {
    const word = args.keyword(index);
    const more = args.count - 1 - index;
    if (command === "xadd" && word === "*") break;
    if ((word === "MAXLEN" || word === "MINID") && more > 0) {
      if (keep !== undefined)
        throw new ErrorReply("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
      const mark = args.text(index + 1);
      nearly = more >= 2 && mark === "~";
      if (more >= 2 && (mark === "~" || mark === "=")) index++;
      index++;
      keep = word === "MAXLEN" ? { length: readCount(args, index, word) } : { from: readId(args, index) };
    } else if (word === "LIMIT" && more > 0) limit = readCount(args, ++index, word);
    else if (command === "xadd" && word === "NOMKSTREAM") onlyExisting = true;
    else if (command === "xadd") {
      id = readNewId(args.text(index));
      break;
    } else throw syntaxError();
  }
  if (limit !== undefined && limit > 0 && keep === undefined)
    throw new ErrorReply("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
  if (command === "xtrim" && keep === undefined)
    throw new ErrorReply("ERR syntax error, XTRIM must be called with a trimming strategy");
  if (limit !== undefined && !nearly)
    throw new ErrorReply("ERR syntax error, LIMIT cannot be used without the special ~ option");
  const bound = nearly ? (limit ?? nodeEntries * 100) : 0;
  return { trimming: keep && { keep, nearly, limit: bound }, onlyExisting, id, idAt: index };
}

/** Removes the oldest entries as far as it is asked for; how many. */
export function trim(stream: Stream, { keep, nearly, limit }: Trimming): number {
  const amount = "length" in keep ? stream.length - keep.length : countBelow(stream, keep.from);
  if (amount <= 0) return 0;
  let removed = amount;
  if (nearly) {
    const bounded = limit === 0 ? amount : Math.min(amount, limit);
    removed = bounded - (bounded % nodeEntries);
    // The last node may have fewer, and goes as a whole.
    if (amount === stream.length && (limit === 0 || amount <= limit)) removed = amount;
  }
  stream.shift(removed);
  return removed;
}

function countBelow(stream: Stream, id: bigint): number {
  let count = 0;
  for (const part of stream.value.parts) {
    if (part.last >= id) break;
    count += part.count;
  }
  const start = count === 0 ? 0n : (stream.value.parts.findLast(({ last }) => last < id)?.last ?? 0n) + 1n;
  for (const entry of stream.entries({ start })) {
    if (entry.id >= id) break;
    count++;
  }
  return count;
}

function readCount(args: Arguments, index: number, option: string): number {
  const value = args.position(index);
  if (value < 0) throw new ErrorReply(`ERR The ${option} argument must be >= 0.`);
  return value;
}

function readNewId(text: string): NonNullable<AddOptions["id"]> {
  if (text.endsWith("-*") && text.indexOf("-") === text.length - 2) {
    const time = parseHalf(text.slice(0, -2));
    if (time === undefined) throw invalidId();
    return { time };
  }
  const exact = parseId(text);
  if (exact === undefined) throw invalidId();
  return { exact };
}
