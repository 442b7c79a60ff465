import type { RawReply } from "../reply-reader.js";
import { callingScripts } from "./command-arbitrary.js";

/** Commands whose replies have no order of their own. */
const unordered: ReadonlySet<string> = new Set(
  "smembers sinter sunion sdiff spop sscan srandmember keys scan pubsub".split(" "),
);

/** The same, where fields of hashes are spread over several documents. */
const unorderedFields: ReadonlySet<string> = new Set("hkeys hvals".split(" "));

/** Commands whose replies come in pairs without an order. */
const unorderedPairs: ReadonlySet<string> = new Set("hrandfield zrandmember".split(" "));

/** The same, where fields of hashes are spread over several documents. */
const unorderedFieldPairs: ReadonlySet<string> = new Set("hgetall hscan".split(" "));

/** What else has no order in a sequence of commands. */
interface Looseness {
  /** The fields of hashes. */
  readonly fields: boolean;
  /** What ZSCAN finds. */
  readonly scanned: boolean;
}

/** Commands that tell when a key ends, with how many of their units are a second. */
const endings: ReadonlyMap<string, number> = new Map(
  Object.entries({ ttl: 1, pttl: 1_000, expiretime: 1, pexpiretime: 1_000 }),
);

/** How to compare. */
export interface ComparableOptions {
  /** Whether values are kept in several documents. */
  readonly splits: boolean;
  /** What all clients sent. @defaultValue what this one did */
  readonly all?: readonly (readonly string[])[];
}

/** Replies of one client that compare equal where they mean the same, each with what asked for it. */
export function comparable(
  commands: readonly (readonly string[])[],
  replies: readonly RawReply[],
  { splits, all = commands }: ComparableOptions,
): readonly (readonly [string, RawReply])[] {
  // SORT makes a table of a sorted set, which is scanned in an order and with digits of its own from then on.
  const scanned = all.flat().some((word) => /^sort(_ro)?$/i.test(word));
  const loose = { fields: splits, scanned };
  let queued: (readonly string[])[] = [];
  return commands.map((command, index) => {
    const reply = replies[index] ?? "(nothing)";
    const isExec = command[0]!.toLowerCase() === "exec" && typeof reply !== "string";
    const shown = isExec
      ? { type: reply.type, items: reply.items.map((item, at) => inOrder(queued[at] ?? [], item, loose)) }
      : inOrder(command, reply, loose);
    if (reply === "+QUEUED") queued.push(command);
    else if (command[0]!.toLowerCase() === "multi" && reply === "+OK") queued = [];
    return [command.join(" "), shown] as const;
  });
}

function inOrder(command: readonly string[], reply: RawReply, loose: Looseness): RawReply {
  if (callingScripts.includes(command[1] ?? "")) return inOrder(command.slice(3), reply, loose);
  const name = command[0]?.toLowerCase() ?? "";
  if (typeof reply === "string") return withoutNow(name, reply);
  const items = reply.items.map((item) => inOrder([name], item, loose));
  if (/^sort(_ro)?$/.test(name) && isUnsorted(command)) return `${String(items.length)} items`;
  if (loose.scanned && name === "zscan") return { type: reply.type, items: sorted(items.map(withoutDigits)) };
  if (unorderedPairs.has(name) || hasLoosePairs(name, loose)) {
    const arePairs = items.length % 2 === 0 && items.every((item) => typeof item === "string");
    return { type: reply.type, items: arePairs && isOfPairs(command, loose) ? sortPairs(items) : sorted(items) };
  }
  const isBag = unordered.has(name) || (loose.fields && unorderedFields.has(name));
  return { type: reply.type, items: isBag ? sorted(items) : items };
}

/** Whether SORT leaves items as they are, all or those of the same weight: those of a set have no order, so that a part may be any. */
function isUnsorted(command: readonly string[]): boolean {
  const words = command.map((word) => word.toLowerCase());
  const by = words.indexOf("by");
  return by > 0 && (words[by + 1]?.includes("*") === false || words.includes("alpha"));
}

function hasLoosePairs(name: string, { fields }: Looseness): boolean {
  return fields && unorderedFieldPairs.has(name);
}

/** Numbers of the same worth are told alike. */
function withoutDigits(reply: RawReply): RawReply {
  const text = typeof reply === "string" ? /^\$\d+\r\n(\S+)$/.exec(reply)?.[1] : undefined;
  return text === undefined || Number.isNaN(Number(text)) ? reply : String(Number(text));
}

function isOfPairs(command: readonly string[], loose: Looseness): boolean {
  const last = command.at(-1)?.toLowerCase() ?? "";
  return last === "withvalues" || last === "withscores" || hasLoosePairs(command[0]!.toLowerCase(), loose);
}

/** When something ends is told in comparison with now, which is another now on each side. */
function withoutNow(name: string, reply: string): string {
  const unit = endings.get(name);
  const seconds = Number(reply.slice(1)) / (unit ?? 1);
  if (unit === undefined || !(seconds > 0)) return reply;
  if (!name.endsWith("time")) return `:${String(Math.ceil(seconds / (seconds > 1e6 ? 1e6 : 10)))} units of time`;
  return Math.abs(seconds - Date.now() / 1_000) < 1e6 ? ":soon" : reply;
}

function sortPairs(items: readonly RawReply[]): RawReply[] {
  const pairs = items.flatMap((item, index) => (index % 2 === 0 ? [[item, items[index + 1]!]] : []));
  return pairs.sort(([left], [right]) => byText(left!, right!)).flat();
}

function sorted(items: readonly RawReply[]): RawReply[] {
  return [...items].sort(byText);
}

function byText(left: RawReply, right: RawReply): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
