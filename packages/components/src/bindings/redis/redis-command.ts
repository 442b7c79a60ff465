import { MechaError } from "@mecha/spec";

/** A command with its arguments. */
export type RedisCommand = readonly [name: string, ...parts: string[]];

/** What the data of the `command` operation asks for. */
export interface CommandRequest {
  readonly commands: readonly RedisCommand[];
  /** All or nothing, and nobody else's in between. */
  readonly isAtomic: boolean;
}

/** Commands that change or block the connection, which other callers share, or end the server. */
const refused: ReadonlySet<string> = new Set([
  ..."AUTH HELLO SELECT QUIT RESET CLIENT MONITOR SYNC PSYNC SHUTDOWN".split(" "),
  ..."SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE".split(" "),
  ..."MULTI EXEC DISCARD WATCH UNWATCH ASKING READONLY READWRITE".split(" "),
]);

const waiting: ReadonlySet<string> = new Set(
  "BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF".split(" "),
);

/** Whether a command, its name in upper case, may wait before it answers. */
export function waits(name: string, rest: readonly string[]): boolean {
  if (name !== "XREAD" && name !== "XREADGROUP") return waiting.has(name);
  return rest.some((word) => word.toUpperCase() === "BLOCK");
}

/**
 * Reads the data of the `command` operation: `["SET", "key", "value"]`, or a list of such lists for an atomic group. Numbers
 * count as their text.
 *
 * @throws MechaError `INVALID_ARGUMENT` for anything else, and for commands that a shared connection cannot take.
 */
export function parseCommands(data: Uint8Array): CommandRequest {
  const parsed = parseJson(data);
  if (!Array.isArray(parsed) || parsed.length === 0) throw wrongForm();
  const isAtomic = parsed.every((part) => Array.isArray(part));
  // Array.isArray has just said so of each.
  const lists = isAtomic ? (parsed as unknown[][]) : [parsed as unknown[]];
  return { commands: lists.map(toCommand), isAtomic };
}

function toCommand(parts: readonly unknown[]): RedisCommand {
  const texts = parts.map((part) => {
    if (typeof part === "string") return part;
    if (typeof part === "number") return String(part);
    throw wrongForm();
  });
  const [name = "", ...rest] = texts;
  if (name.trim() === "") throw wrongForm();
  const upper = name.toUpperCase();
  if (waits(upper, rest) || refused.has(upper)) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `the command ${upper} cannot run on a connection that others share: it blocks it, or changes what it is`,
    );
  }
  return [name, ...rest];
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString("utf8"));
  } catch {
    throw wrongForm();
  }
}

function wrongForm(): MechaError {
  return new MechaError(
    "INVALID_ARGUMENT",
    'the data of a command is a JSON list of texts such as ["SET","key","value"], or a list of such lists for an atomic group',
  );
}
