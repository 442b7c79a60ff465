import { isDeepStrictEqual } from "node:util";
import { betweenServers, type Example } from "./examples.js";
import type { Client, Connection } from "./clients.js";

/** What came of a command: its reply, or the message of its error. */
export interface Outcome {
  readonly reply?: unknown;
  readonly error?: string;
}

/** How long a reply may take; what takes longer never comes. */
const limitMs = 20_000;

/** Commands after which a connection is of no use to the next example. */
const changing =
  /^(?:ASKING|AUTH|CLIENT|HELLO|MONITOR|MULTI|[PS]?SUBSCRIBE|[PS]?UNSUBSCRIBE|QUIT|READ\w+|RESET|SELECT|WATCH)\b/u;

/**
 * Sends each example through a client, each on an empty cache.
 *
 * @param clear - empties the cache
 */
export async function tryCommands(
  client: Client,
  examples: readonly Example[],
  clear: () => Promise<unknown>,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let shared: Connection | undefined;
  for (const example of examples) {
    if (betweenServers.includes(example.command)) {
      outcomes.set(example.command, { error: "not supported by Mecha: Redis alone sends it to Redis" });
      continue;
    }
    await clear();
    if (changing.test(example.calls[0]?.join(" ") ?? "") || changing.test(example.command)) {
      const own = await client.connect();
      outcomes.set(example.command, await tryCalls(own, example));
      own.close();
      continue;
    }
    shared ??= await client.connect();
    const outcome = await tryCalls(shared, example);
    outcomes.set(example.command, outcome);
    if (outcome.error?.includes("closed") === true) shared = undefined;
  }
  shared?.close();
  return outcomes;
}

async function tryCalls(connection: Connection, { calls }: Example): Promise<Outcome> {
  let outcome: Outcome = {};
  for (const call of calls) outcome = await settle(connection.send(call));
  return outcome;
}

async function settle(sent: Promise<unknown>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ error: "no reply" }), limitMs);
  });
  const answered = sent.then(
    (reply): Outcome => ({ reply }),
    (error: unknown): Outcome => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  const outcome = await Promise.race([answered, late]);
  clearTimeout(timer);
  return outcome;
}

/** How a command fares on a store through the portable engine, or natively. */
export type State = "same" | "own" | "differs" | "refused";

const refusal = /not supported by Mecha|unknown (?:sub)?command/iu;
const denial = /Mecha|NOPERM/u;

/** What became of a command natively. */
export function nativeState({ error = "" }: Outcome): State {
  return denial.test(error) ? "refused" : "same";
}

/** What became of a command on a store, beside what Redis said through the same client. */
export function portableState({ command: _, isOwn }: Example, found: Outcome, native: Outcome): State {
  if (refusal.test(found.error ?? "")) return "refused";
  // There is nothing to compare with.
  if (nativeState(native) === "refused") return found.error === undefined ? "own" : "differs";
  if (isDeepStrictEqual(found, native)) return "same";
  if (isOwn && typeof found.reply === typeof native.reply && found.error === undefined) return "own";
  return "differs";
}
