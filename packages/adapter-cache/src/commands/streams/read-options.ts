import { ErrorReply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { ScriptArguments } from "../scripting/script-arguments.js";

/** What XREAD and XREADGROUP are asked for. */
export interface ReadOptions {
  /** Most entries of each stream; 0 for all. */
  readonly count: number;
  /** For how long to wait, in milliseconds; `undefined` for not at all. */
  readonly blockMs: number | undefined;
  readonly group: { readonly name: string; readonly consumer: string } | undefined;
  /** Whether what is delivered need not be acknowledged. */
  readonly withoutAck: boolean;
  readonly keys: readonly Buffer[];
  /** Where the ids begin. */
  readonly idsAt: number;
}

/** Reads the options of XREAD, or of XREADGROUP. */
export function readReadOptions(args: Arguments, command: "xread" | "xreadgroup"): ReadOptions {
  const isGroup = command === "xreadgroup";
  let count = 0;
  let blockMs: number | undefined;
  let group: ReadOptions["group"];
  let withoutAck = false;
  for (let index = 1; index < args.count; index++) {
    const word = args.keyword(index);
    const more = args.count - index - 1;
    if (word === "BLOCK" && more > 0) blockMs = readBlock(args, ++index);
    else if (word === "COUNT" && more > 0) count = Math.max(0, args.position(++index));
    else if (word === "STREAMS" && more > 0) {
      if (more % 2 === 1) throw unbalanced();
      if (isGroup && group === undefined) throw new ErrorReply("ERR Missing GROUP option for XREADGROUP");
      const idsAt = index + 1 + more / 2;
      return { count, blockMs, group, withoutAck, keys: args.slice(index + 1, idsAt), idsAt };
    } else if (word === "GROUP" && more >= 2) {
      if (!isGroup) throw onlyOfGroups("GROUP");
      group = { name: args.text(index + 1), consumer: args.text(index + 2) };
      index += 2;
    } else if (word === "NOACK") {
      if (!isGroup) throw onlyOfGroups("NOACK");
      withoutAck = true;
    } else throw syntaxError();
  }
  throw syntaxError();
}

/** The keys of such a command; none where it is wrong, which shows when it runs. */
export function readKeys(args: Arguments, command: "xread" | "xreadgroup"): readonly Buffer[] {
  try {
    return readReadOptions(args, command).keys;
  } catch {
    return [];
  }
}

function readBlock(args: Arguments, index: number): number {
  if (args instanceof ScriptArguments)
    throw new ErrorReply(`ERR ${args.shown(0)} command is not allowed with BLOCK option from scripts`);
  const value = Number(args.integer(index, "ERR timeout is not an integer or out of range"));
  if (value < 0) throw new ErrorReply("ERR timeout is negative");
  return value;
}

function unbalanced(): ErrorReply {
  // Redis 7.0 says this of XREADGROUP too.
  return new ErrorReply("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
}

function onlyOfGroups(option: string): ErrorReply {
  return new ErrorReply(`ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);
}
