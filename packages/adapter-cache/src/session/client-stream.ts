import { Duplex } from "node:stream";
import { CommandParser, ProtocolError } from "../resp/command-parser.js";
import type { Protocol } from "../resp/encode-reply.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import { ReplyQueue, type ReplyPlace } from "./reply-queue.js";

/** Whether something counts as a reason for the process to live on. */
export interface Liveness {
  ref(): void;
  unref(): void;
}

/** Who hears of what a session does by itself. */
export interface SessionEvents {
  /** Gives the client what it did not ask for just now. */
  readonly push: (message: Reply, protocol: Protocol) => void;
  /** Called when the client asked to end the connection. */
  readonly onEnd: () => void;
  /** Called when what answers is lost: the client is to connect again. */
  readonly onLost: () => void;
}

/** What does the commands of one client. */
export interface ServedSession {
  /** Does one command. */
  execute(values: readonly Buffer[], place: ReplyPlace): void;
  /** The connection is gone: nothing is done for it any more. */
  close(): void;
}

/**
 * The bytes of a client's connection to a session: what a client writes are commands, what it reads are replies. Has what clients call
 * of a socket.
 */
export class ClientStream extends Duplex {
  /** A client asks a socket whether it is still to be connected; this one is when it is made. */
  readonly connecting = false;
  readonly #parser = new CommandParser();
  readonly #session: ServedSession;
  readonly #replies: ReplyQueue;
  readonly #liveness: Liveness;
  #ending = false;

  /** @param liveness - what `ref()` and `unref()` of the stream act on */
  constructor(open: (events: SessionEvents) => ServedSession, liveness: Liveness) {
    super({ allowHalfOpen: false });
    this.#liveness = liveness;
    this.#replies = new ReplyQueue((bytes) => this.#send(bytes));
    this.#session = open({
      push: (message, protocol) => this.#replies.push(message, protocol),
      onEnd: () => {
        this.#ending = true;
        // Somebody else may have ended it, while nothing is under way.
        if (this.#replies.empty && !this.destroyed) this.push(null);
      },
      onLost: () => this.destroy(),
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

  /** Whether nothing that came is still to be answered, and more may come. */
  protected get isIdle(): boolean {
    return !this.#ending && this.#replies.empty && this.#parser.isEmpty && this.writable;
  }

  /** Gives a reply beside those of commands that came as bytes. */
  protected reply(reply: Reply, protocol: Protocol): void {
    this.#replies.reserve().settle(reply, protocol);
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
