import { Duplex } from "node:stream";
import type { Engine } from "../engine/engine.js";
import { CommandParser, ProtocolError } from "../resp/command-parser.js";
import { ErrorReply } from "../resp/reply.js";
import { ReplyQueue } from "./reply-queue.js";
import { Session } from "./session.js";
import type { RecordCommand } from "./statistics.js";

/** Whether something counts as a reason for the process to live on. */
export interface Liveness {
  ref(): void;
  unref(): void;
}

/** How to open a session's stream. */
export interface SessionStreamOptions {
  /** Told of every command that reached the store. */
  readonly record?: RecordCommand | undefined;
  /** What `ref()` and `unref()` of the stream act on. */
  readonly liveness: Liveness;
}

/**
 * The bytes of a client's connection to the command engine: what a client writes are commands, what it reads are
 * replies. Has what clients call of a socket.
 */
export class SessionStream extends Duplex {
  /** A client asks a socket whether it is still to be connected; this one is when it is made. */
  readonly connecting = false;
  readonly #parser = new CommandParser();
  readonly #session: Session;
  readonly #replies: ReplyQueue;
  readonly #liveness: Liveness;
  #ending = false;

  constructor(engine: Engine, { record, liveness }: SessionStreamOptions) {
    super({ allowHalfOpen: false });
    this.#liveness = liveness;
    this.#replies = new ReplyQueue((bytes) => this.#send(bytes));
    this.#session = new Session(engine, {
      record,
      push: (message, protocol) => this.#replies.push(message, protocol),
      onEnd: () => {
        this.#ending = true;
        // Somebody else may have ended it, while nothing is under way.
        if (this.#replies.empty && !this.destroyed) this.push(null);
      },
    });
  }

  /** Does nothing: there is no delay here. */
  setNoDelay(): this {
    return this;
  }

  /** Does nothing: memory needs no keep-alive. */
  setKeepAlive(): this {
    return this;
  }

  /** Does nothing: a session has no idle timeout. */
  setTimeout(): this {
    return this;
  }

  /** Counts for the life of the process, as an open socket does. */
  ref(): this {
    this.#liveness.ref();
    return this;
  }

  /** Does not count for the life of the process. */
  unref(): this {
    this.#liveness.unref();
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    try {
      this.#parser.push(chunk, (command) => {
        // What comes after QUIT is not answered.
        if (!this.#ending) this.#session.execute(command, this.#replies.reserve());
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#ending = true;
      this.#replies.reserve().settle(new ErrorReply(`ERR Protocol error: ${error.message}`), 2);
    }
    callback();
  }

  override _read(): void {
    // Replies are pushed when they are there.
  }

  override _final(callback: () => void): void {
    callback();
    // A server hangs up as soon as its client does, whoever still waits for a reply.
    setImmediate(() => this.destroy());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#session.close();
    callback(error);
  }

  #send(bytes: Buffer): void {
    if (this.destroyed) return;
    this.push(bytes);
    if (this.#ending && this.#replies.empty) this.push(null);
  }
}
