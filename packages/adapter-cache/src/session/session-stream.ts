import type { Engine } from "../engine/engine.js";
import type { Reply } from "../resp/reply.js";
import { ClientStream, type Liveness } from "./client-stream.js";
import { Session } from "./session.js";
import type { RecordCommand } from "./statistics.js";

/** How to open a session's stream. */
export interface SessionStreamOptions {
  /** Told of every command that reached the store. */
  readonly record?: RecordCommand | undefined;
  /** What `ref()` and `unref()` of the stream act on. */
  readonly liveness: Liveness;
}

/** A client's connection to the command engine. */
export class SessionStream extends ClientStream {
  readonly #session: Session;

  constructor(engine: Engine, { record, liveness }: SessionStreamOptions) {
    let session: Session | undefined;
    super(({ push, onEnd }) => (session = new Session(engine, { record, push, onEnd })), liveness);
    // The base class has called that by now.
    this.#session = session as unknown as Session;
  }

  /**
   * Does a command at once, beside the bytes of the connection, where that is possible. All commands before it must have been answered.
   *
   * @param name - in lower case
   * @param values - the command's words, the name included, as bytes or as text of ASCII characters
   * @returns its reply; `undefined` if nothing was done
   */
  runAtOnce(name: string, values: readonly (Buffer | string)[]): Reply | undefined {
    return this.isIdle ? this.#session.runAtOnce(name, values) : undefined;
  }

  /** Sends a reply that {@link SessionStream.runAtOnce} gave. */
  answer(reply: Reply): void {
    this.reply(reply, this.#session.protocol);
  }
}
