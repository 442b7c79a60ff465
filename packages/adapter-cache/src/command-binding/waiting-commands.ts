import type { CommandWords } from "./command-binding.js";

/** A command that waits, and how to ask for a part of its time. */
export interface WaitingCommand {
  /** For how long, in milliseconds; 0 for ever. */
  readonly timeoutMs: number;
  /** Where streams are read from their end, as seen from now. */
  readonly ends: readonly StreamEnd[];
  /** The command with another time to wait. */
  lasting(ms: number): CommandWords;
}

/** A stream of which only what comes after now is wanted. */
interface StreamEnd {
  readonly key: Buffer;
  /** Where in the command `$` stands for the end. */
  readonly index: number;
}

const secondsFirst: ReadonlySet<string> = new Set(["blmpop", "bzmpop"]);
const secondsLast: ReadonlySet<string> = new Set(["blpop", "brpop", "brpoplpush", "blmove", "bzpopmin", "bzpopmax"]);

/** Reads a command that waits; `undefined` for one that does not, or says wrongly how long: that one is the server's to refuse. */
export function readWaiting(name: string, words: readonly Buffer[]): WaitingCommand | undefined {
  if (name === "xread" || name === "xreadgroup") return readStreams(name, words);
  const index = secondsFirst.has(name) ? 1 : secondsLast.has(name) ? words.length - 1 : 0;
  const text = words[index]?.toString("latin1") ?? "";
  if (index === 0 || !/^\d+(?:\.\d+)?$/u.test(text)) return undefined;
  return {
    timeoutMs: Number(text) * 1000,
    ends: [],
    lasting: (ms) => words.with(index, Buffer.from(String(ms / 1000))),
  };
}

function readStreams(name: string, words: readonly Buffer[]): WaitingCommand | undefined {
  let block: number | undefined;
  let at = 1;
  for (; at < words.length; at++) {
    const word = words[at]?.toString("latin1").toUpperCase();
    if (word === "STREAMS") break;
    if (word === "BLOCK") block = at + 1;
    if (word === "BLOCK" || word === "COUNT") at++;
    if (word === "GROUP") at += 2;
  }
  const text = words[block ?? 0]?.toString("latin1") ?? "";
  if (block === undefined || !/^\d+$/u.test(text)) return undefined;
  const index = block;
  const streams = (words.length - at - 1) / 2;
  const ends = words.flatMap((word, position): StreamEnd[] => {
    const key = words[position - streams];
    return name === "xread" && position > at + streams && word.toString() === "$" && key
      ? [{ key, index: position }]
      : [];
  });
  return {
    timeoutMs: Number(text),
    ends,
    lasting: (ms) => words.with(index, Buffer.from(String(Math.max(1, Math.ceil(ms))))),
  };
}

/** Tells where streams end; `$` for what is no stream, of which the command itself says so. */
export const streamEndsScript = `local ends = {}
for index, key in ipairs(KEYS) do
  ends[index] = '0-0'
  local info = redis.pcall('XINFO', 'STREAM', key)
  if info.err then
    if not string.find(info.err, 'no such key', 1, true) then ends[index] = '$' end
  else
    for at = 1, #info, 2 do
      if info[at] == 'last-generated-id' then ends[index] = info[at + 1] end
    end
  end
end
return ends`;
