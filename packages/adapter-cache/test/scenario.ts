import { once } from "node:events";
import type { Duplex } from "node:stream";
import { encodeCommand } from "./raw-client.js";

/** What one client does. */
export interface Step {
  /** Name of the client; it is connected when it is first named. */
  readonly client: string;
  /** Commands, sent together; words are separated by spaces. Empty: the client hangs up. */
  readonly send: readonly string[];
  /** Whether the next step comes only after the replies. A command that blocks has none yet. @defaultValue `true` */
  readonly awaited?: boolean;
}

/** Reads steps from lines: `name: COMMAND; COMMAND`, with `name~` for one that is not awaited and `name:` for one that hangs up. */
export function readScenario(text: string): Step[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [, client = "", mark, rest = ""] = /^\s*(\w+)(~?): ?(.*)$/.exec(line) ?? [];
      return { client, awaited: mark === "", send: rest === "" ? [] : rest.split("; ") };
    });
}

/** Takes the steps one after the other, and gives all that each client received, as latin1 text. */
export async function play(steps: readonly Step[], connect: () => Duplex): Promise<Record<string, string>> {
  const clients = new Map<string, Listener>();
  for (const [index, { client: name, send, awaited = true }] of steps.entries()) {
    const client = clients.get(name) ?? new Listener(connect());
    clients.set(name, client);
    if (send.length === 0) await client.close();
    else {
      client.send(send);
      if (awaited) await client.answers(`step${String(index)}`);
      // What is not awaited shall be there when the next step is taken.
      else await new Listener(connect()).answersOnce();
    }
  }
  for (const client of clients.values()) await client.answers("end");
  for (const client of clients.values()) await client.close();
  // Ids of clients are the server's own.
  const texts = [...clients].map(([name, { received }]) => [name, received.replace(/\$2\r\nid\r\n:\d+/, "id")]);
  return Object.fromEntries(texts) as Record<string, string>;
}

class Listener {
  received = "";
  readonly #stream: Duplex;
  #isOpen = true;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", (bytes: Buffer) => {
      this.received += bytes.toString("latin1");
    });
  }

  send(commands: readonly string[]): void {
    const text = commands.map((command) => encodeCommand(command.split(" "))).join("");
    this.#stream.write(Buffer.from(text, "latin1"));
  }

  /** Waits until everything sent so far was answered. */
  async answers(token: string): Promise<void> {
    if (!this.#isOpen) return;
    this.send([`PING ${token}`]);
    while (!this.received.includes(`${token}\r\n`)) await once(this.#stream, "data");
  }

  async answersOnce(): Promise<void> {
    await this.answers("there");
    await this.close();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const closed = once(this.#stream, "close");
    this.#stream.end();
    await closed;
  }
}
