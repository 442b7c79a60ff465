import { once } from "node:events";
import { connect } from "node:net";
import { useComponents } from "@mecha/conformance";
import { clients } from "./clients.js";
import { examplesOf, type Example } from "./examples.js";
import list from "./redis-commands.json" with { type: "json" };
import { nativeState, portableState, tryCommands, type Outcome, type State } from "./try-commands.js";

/** What was found out about one command. */
export interface CommandRow {
  readonly command: string;
  readonly group: string;
  /** By client. */
  readonly native: Readonly<Record<string, State>>;
  /** By client. */
  readonly portable: Readonly<Record<string, State>>;
  /** The error of ioredis 5 where the portable engine refuses or differs. */
  readonly error: string | undefined;
}

/** The version of Redis whose commands are tried. */
export const redisVersion: string = list.version;

/**
 * Tries every command of Redis through every drop-in, natively and on a store in memory.
 *
 * @param redis - address of a Redis of that version, which is emptied
 */
export async function measure(redis: { readonly host: string; readonly port: number }): Promise<readonly CommandRow[]> {
  const groups: Readonly<Record<string, string>> = list.commands;
  const examples = examplesOf(Object.keys(groups));
  const native = await tryAll(examples, "state.redis", {
    metadata: { redisHost: `${redis.host}:${String(redis.port)}` },
    clear: () => flush(redis),
  });
  const portable = await tryAll(examples, "state.in-memory", {});
  return examples.map((example) => {
    const { command } = example;
    const states = (judge: (title: string) => State): Record<string, State> =>
      Object.fromEntries(clients.map(({ title }) => [title, judge(title)]));
    const at = (of: typeof native, title: string): Outcome => of.get(title)?.get(command) ?? {};
    return {
      command,
      group: groups[command] ?? "",
      native: states((title) => nativeState(at(native, title))),
      portable: states((title) => portableState(example, at(portable, title), at(native, title))),
      error: at(portable, "ioredis 5").error,
    };
  });
}

interface Place {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Empties the cache from outside; by FLUSHALL through the first client where absent. */
  readonly clear?: () => Promise<unknown>;
}

async function tryAll(
  examples: readonly Example[],
  type: string,
  { metadata = {}, clear }: Place,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Outcome>>> {
  const components = await useComponents([{ name: "cache", type, metadata }]);
  // Held open all the while, so that the runtime is not started again and again.
  const [first] = clients;
  const holder = await first?.connect();
  const empty = clear ?? (() => holder?.send(["FLUSHALL"]) ?? Promise.resolve());
  const outcomes = new Map<string, ReadonlyMap<string, Outcome>>();
  for (const client of clients) outcomes.set(client.title, await tryCommands(client, examples, empty));
  holder?.close();
  await components.remove();
  return outcomes;
}

async function flush({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  const socket = connect(port, host);
  socket.write("FUNCTION FLUSH\r\nCONFIG RESETSTAT\r\nFLUSHALL\r\nQUIT\r\n");
  socket.resume();
  await once(socket, "close");
}
