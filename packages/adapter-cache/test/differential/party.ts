import { once } from "node:events";
import type { Duplex } from "node:stream";
import { encodeCommand } from "../raw-client.js";
import { readReply, type RawReply } from "../reply-reader.js";

/** One of several clients of a side: what it sent, and what it received. */
export class Party {
  readonly name: string;
  readonly sent: (readonly string[])[] = [];
  readonly received: RawReply[] = [];
  readonly #stream: Duplex;
  #text = "";

  constructor(name: string, stream: Duplex) {
    this.name = name;
    this.#stream = stream;
    stream.on("data", (bytes: Buffer) => {
      this.#read(bytes);
    });
    // Who is gone shows by what does not come.
    stream.on("error", () => undefined);
  }

  /** Whether replies are due. A subscriber receives more than replies, so this says nothing of it. */
  get isDue(): boolean {
    return this.received.length < this.sent.length;
  }

  /** @param mistake - what is sent in place of a command */
  send(
    commands: readonly (readonly string[])[],
    mistake: (command: readonly string[]) => readonly string[] = (command) => command,
  ): void {
    this.sent.push(...commands);
    this.#stream.write(Buffer.from(commands.map((each) => encodeCommand(mistake(each))).join(""), "latin1"));
  }

  /** Waits until something comes, or for so many milliseconds. */
  async something(limitMs: number): Promise<void> {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort();
    }, limitMs);
    await once(this.#stream, "data", { signal: limit.signal }).catch(() => undefined);
    clearTimeout(timer);
  }

  hangUp(): void {
    this.#stream.destroy();
  }

  #read(bytes: Buffer): void {
    this.#text += bytes.toString("latin1");
    let position = 0;
    for (let found = readReply(this.#text, 0); found; found = readReply(this.#text, position)) {
      position = found.end;
      this.received.push(found.reply);
    }
    this.#text = this.#text.slice(position);
  }
}
