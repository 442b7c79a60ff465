import { setTimeout as wait } from "node:timers/promises";
import { RawClient } from "../raw-client.js";
import type { RawReply } from "../reply-reader.js";
import { comparable } from "./comparable.js";
import { heard } from "./heard.js";
import { Party } from "./party.js";
import { emptyDatabases } from "./prepare.js";
import type { Side } from "./sides.js";
import { subscriber, type Turn } from "./turn-arbitrary.js";

/** How it looks after a turn. */
interface Look {
  readonly turn: string;
  /** Which clients wait for others. */
  readonly waiting: readonly string[];
  /** How much each client has received so far. */
  readonly received: Readonly<Record<string, number>>;
}

/** What came of turns. */
export interface Game {
  readonly looks: readonly Look[];
  /** By client: what it sent, with the replies; and all that the subscriber received. */
  readonly transcripts: readonly (readonly [string, unknown])[];
}

/** How a table is laid. */
export interface TableOptions {
  readonly protocol: 2 | 3;
  /** Whether values are kept in several documents. */
  readonly splits: boolean;
  /** A fault of the side: what it takes a command for. */
  readonly mistake?: ((command: readonly string[]) => readonly string[]) | undefined;
}

/** How long a side may take for what Redis does at once, in milliseconds. */
const patienceMs = 15_000;

/** Clients of one side that take turns: none does anything before it is seen what the last turn led to. */
export class Table implements AsyncDisposable {
  readonly #side: Side;
  readonly #watcher: RawClient;
  readonly #options: TableOptions;
  readonly #ids = new Map<Party, string>();
  readonly #all: Party[] = [];
  #parties = new Map<string, Party>();
  #tokens = 0;

  private constructor(side: Side, watcher: RawClient, options: TableOptions) {
    this.#side = side;
    this.#watcher = watcher;
    this.#options = options;
  }

  static async open(side: Side, options: TableOptions): Promise<Table> {
    return new Table(side, new RawClient(await side.watch()), options);
  }

  /**
   * Has the clients take their turns on empty databases. A client that waits for others loses its turn: what it sends would be done at
   * a time of its own.
   *
   * @param expected - what came of it on another side: whoever is answered there gets the time to be answered here
   */
  async play(turns: readonly Turn[], expected?: Game): Promise<Game> {
    await this.#watcher.send(emptyDatabases);
    this.#all.length = 0;
    this.#tokens = 0;
    const looks: Look[] = [];
    for (const [index, turn] of turns.entries()) {
      await this.#take(turn, looks.at(-1)?.waiting ?? []);
      const waiting = await this.#settle(expected?.looks[index]?.waiting);
      await this.#hear();
      const received = [...this.#parties].map(([name, party]) => [name, party.received.length] as const);
      looks.push({ turn: JSON.stringify(turn), waiting, received: Object.fromEntries(received) });
    }
    await this.#clear();
    return { looks, transcripts: this.#all.map((party) => [party.name, this.#transcript(party)]) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clear();
    this.#watcher.close();
  }

  async #take({ client: name, commands }: Turn, waiting: readonly string[]): Promise<void> {
    const there = this.#parties.get(name);
    if (commands.length === 0) {
      if (there !== undefined) await this.#hangUp([there]);
    } else if (!waiting.includes(name)) {
      const party = there ?? (await this.#sit(name));
      party.send(commands, this.#options.mistake);
      if (name !== subscriber && party.isDue) await party.something(5);
    }
  }

  async #sit(name: string): Promise<Party> {
    const party = new Party(name, await this.#side.open());
    if (this.#options.protocol === 3) party.send([["HELLO", "3"]]);
    party.send([["CLIENT", "ID"]]);
    while (party.isDue) await party.something(patienceMs);
    this.#ids.set(party, textOf(party.received.at(-1)).slice(1));
    party.sent.length = 0;
    party.received.length = 0;
    this.#parties.set(name, party);
    this.#all.push(party);
    return party;
  }

  /** Waits until every client is answered or waits for others, and says which do. */
  async #settle(expected: readonly string[] | undefined): Promise<readonly string[]> {
    const untilMs = performance.now() + patienceMs;
    let seen: string | undefined;
    for (;;) {
      const due = [...this.#parties.values()].filter(({ name, isDue }) => name !== subscriber && isDue);
      const lines = due.length === 0 ? [] : await this.#list();
      const open = due.filter((party) => party.isDue && !this.#isBlocked(party, lines));
      const waiting = due.filter((party) => party.isDue && !open.includes(party)).map(({ name }) => name);
      const view = waiting.join();
      // What is listed may be older than the replies, so it has to be seen twice; or it is what the other side had.
      const isSure = view === "" || (expected === undefined ? view === seen : view === expected.join());
      if ((open.length === 0 && isSure) || performance.now() > untilMs) return waiting;
      seen = open.length === 0 ? view : undefined;
      await (open[0]?.something(5) ?? wait(1));
    }
  }

  /** Whoever has subscribed has received all messages when it is answered. */
  async #hear(): Promise<void> {
    const party = this.#parties.get(subscriber);
    if (party === undefined) return;
    const token = `token ${String(++this.#tokens)}`;
    party.send([["PING", token]]);
    const untilMs = performance.now() + patienceMs;
    while (!JSON.stringify(party.received.slice(-1)).includes(token) && performance.now() < untilMs)
      await party.something(100);
  }

  async #list(): Promise<readonly string[]> {
    const ids = [...this.#ids.values()];
    if (ids.length === 0) return [];
    return textOf(await this.#watcher.call("CLIENT", "LIST", "ID", ...ids)).split("\n");
  }

  #isBlocked(party: Party, lines: readonly string[]): boolean {
    const line = lines.find(
      (each) => each.includes(` id=${this.#id(party)} `) || each.startsWith(`id=${this.#id(party)} `),
    );
    return /flags=\w*b/.test(line ?? "");
  }

  #id(party: Party): string {
    return this.#ids.get(party) ?? "";
  }

  /** Only when nobody knows them any more do they take nothing away from others. */
  async #hangUp(parties: readonly Party[]): Promise<void> {
    for (const party of parties) {
      party.hangUp();
      this.#parties.delete(party.name);
    }
    const isListed = (lines: readonly string[]): boolean =>
      parties.some((party) => lines.some((line) => line.startsWith(`id=${this.#id(party)} `)));
    while (isListed(await this.#list())) await wait(1);
    for (const party of parties) this.#ids.delete(party);
  }

  async #clear(): Promise<void> {
    await this.#hangUp([...this.#parties.values()]);
  }

  #transcript({ name, sent, received }: Party): unknown {
    return name === subscriber
      ? heard(received)
      : comparable(sent, received, {
          splits: this.#options.splits,
          all: this.#all.flatMap((party) => party.sent),
        });
  }
}

function textOf(reply: RawReply | undefined): string {
  return typeof reply === "string" ? reply : "";
}
