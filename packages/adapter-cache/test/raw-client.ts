import type { Duplex } from "node:stream";
import { type RawReply, readReply } from "./reply-reader.js";

/** Turns a command into the bytes that a client sends; text stands for latin1 bytes. */
export function encodeCommand(command: readonly string[]): string {
  return `*${String(command.length)}\r\n${command.map((word) => `$${String(word.length)}\r\n${word}\r\n`).join("")}`;
}

/** Speaks to a server and takes its replies as they are. */
export class RawClient {
  readonly #stream: Duplex;
  #received = "";
  #position = 0;
  readonly #waiting: ((reply: RawReply) => void)[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", (bytes: Buffer) => this.#take(bytes.toString("latin1")));
  }

  /** Sends commands in one write, and waits for all replies. */
  send(commands: readonly (readonly string[])[]): Promise<RawReply[]> {
    const replies = commands.map(() => new Promise<RawReply>((resolve) => this.#waiting.push(resolve)));
    this.#stream.write(Buffer.from(commands.map(encodeCommand).join(""), "latin1"));
    return Promise.all(replies);
  }

  /** Sends one command. */
  async call(...command: string[]): Promise<RawReply> {
    const [reply] = await this.send([command]);
    return reply!;
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(text: string): void {
    this.#received = this.#received.slice(this.#position) + text;
    this.#position = 0;
    for (let found = readReply(this.#received, 0); found; found = readReply(this.#received, this.#position)) {
      this.#position = found.end;
      this.#waiting.shift()?.(found.reply);
    }
  }
}
