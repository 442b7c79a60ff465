import type { Duplex } from "node:stream";
import { MechaError, type NativeSession } from "@mecha/spec";
import { ReplySplitter } from "./reply-splitter.js";

/** Opens an authenticated connection with its database selected. */
export type OpenRespSession = (options: { readonly database?: number }) => Promise<NativeSession>;

interface Waiting {
  readonly replies: Buffer[];
  readonly count: number;
  readonly resolve: (replies: readonly Buffer[]) => void;
  readonly reject: (error: MechaError) => void;
}

/** A connection to Redis that gives replies as they came. */
export class RespConnection {
  readonly #stream: Duplex;
  readonly #component: string;
  readonly #splitter = new ReplySplitter();
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor({ stream }: NativeSession, component: string) {
    this.#stream = stream;
    this.#component = component;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    // The close that follows tells whoever waits.
    stream.on("error", () => undefined);
    stream.once("close", () => this.#fail());
    stream.once("end", () => this.destroy());
  }

  /** Whether it is of no use any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether nobody waits for a reply. */
  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Sends commands in one write; resolves with a reply for each.
   *
   * @throws MechaError `UNAVAILABLE` when the connection breaks: the commands may or may not have run
   */
  send(commands: readonly Buffer[]): Promise<readonly Buffer[]> {
    if (this.#closed) return Promise.reject(this.#broken());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ replies: [], count: commands.length, resolve, reject });
      this.#stream.write(Buffer.concat(commands));
    });
  }

  /** Cuts the connection, and what waits with it. */
  destroy(): void {
    this.#stream.destroy();
    this.#fail();
  }

  #take(chunk: Buffer): void {
    for (const reply of this.#splitter.push(chunk)) {
      const [first] = this.#waiting;
      if (first === undefined) continue;
      first.replies.push(reply);
      if (first.replies.length < first.count) continue;
      this.#waiting.shift();
      first.resolve(first.replies);
    }
  }

  #fail(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken());
  }

  #broken(): MechaError {
    return new MechaError(
      "UNAVAILABLE",
      `the connection of "${this.#component}" to Redis broke; what was under way may or may not have been applied`,
      { component: this.#component },
    );
  }
}
