import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { CommandFormatError, CommandFrames } from "./command-frames.js";
import { passingText } from "./command-text.js";
import { readPastQueue } from "./read-past-queue.js";
import { ReplyFrames } from "./reply-frames.js";
import type { SessionCalls } from "./session-calls.js";
import type { SessionPolicy } from "./session-policy.js";
import { setUp } from "./set-up.js";

/** How long a session that is to move may take to come to rest, in milliseconds; it ends then, and its client connects anew. */
const longestMoveMs = 5_000;

type Written = string | Buffer;

/** Told that something was written, or why it was not. */
type WriteCallback = (error?: Error | null) => void;

/** How much of a turn is gathered, in characters or bytes: what is more goes out at once, so that the server can say when it is too much. */
const longestTurn = 256 * 1024;

/** What a socket has beside a stream. */
type SocketControls = Partial<Pick<Socket, "setKeepAlive" | "ref" | "unref">> & {
  setTimeout?(timeoutMs: number): unknown;
};

interface Offer {
  readonly server: Duplex;
  readonly policy: SessionPolicy;
}

/**
 * A client's session with a server that speaks Redis's protocol. Bytes pass as they are, but for commands that are not allowed; what is
 * written in one turn of the event loop goes out at once. It has what clients call of a socket, and emits `moved` when another server serves it.
 */
export class RespSession extends Duplex {
  /** A client asks a socket whether it is still to be connected; this one is when it is made. */
  readonly connecting = false;
  readonly #calls: SessionCalls;
  readonly #commands: CommandFrames;
  #replies: ReplyFrames;
  #server: Duplex;
  /** What was written in this turn, and the texts that were written since the last bytes. */
  #written: Written[] = [];
  #text = "";
  #writtenLength = 0;
  #isScheduled = false;
  #afterDrain: (() => void) | undefined;
  /** Where it may go on. */
  #offered: Offer | undefined;
  /** Where it is to go on. */
  #next: Offer | undefined;
  #moveTimer: NodeJS.Timeout | undefined;
  #isMoving = false;
  #isEnding = false;
  /** Whether it neither ends nor is to go on elsewhere. */
  #isSteady = true;
  /** Whether what is written need not wait for anything. */
  #isOpen = true;
  #isPaused = false;
  /** Whether the client was told that nothing more comes. */
  #hasEnded = false;
  readonly #onTick = (): void => this.#flush();

  constructor(server: Duplex, calls: SessionCalls) {
    super({ allowHalfOpen: false, decodeStrings: false });
    this.#calls = calls;
    this.#commands = new CommandFrames(calls);
    this.#replies = new ReplyFrames(calls);
    this.#server = server;
    this.#listen(server);
  }

  /** Gives it another server, with its rules, to go on with once the one that it has is released. */
  offer(server: Duplex, policy: SessionPolicy): void {
    server.on("error", () => undefined);
    this.#offered = { server, policy };
  }

  /**
   * Lets go of a server: goes on with the one that was offered as soon as nothing is under way, or ends where there is none. A client that
   * waits for messages, or whose calls take too long, is hung up on and connects anew.
   */
  release(server: Duplex): void {
    if (this.destroyed || server === this.#offered?.server) {
      server.destroy();
      this.#offered = undefined;
      return;
    }
    this.#next?.server.destroy();
    this.#next = this.#offered;
    this.#offered = undefined;
    this.#isEnding = this.#next === undefined;
    this.#isSteady = this.#isOpen = false;
    this.#comeToRest();
  }

  /** As of the socket behind it. */
  setNoDelay(): this {
    return this;
  }

  /** As of the socket behind it. */
  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    this.#socket.setKeepAlive?.(enable, initialDelayMs);
    return this;
  }

  /** Emits `timeout` when nothing has passed for so long. */
  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback !== undefined) this.once("timeout", callback);
    this.#socket.setTimeout?.(timeoutMs);
    return this;
  }

  /** Counts for the life of the process. */
  ref(): this {
    this.#socket.ref?.();
    return this;
  }

  /** Does not count for the life of the process. */
  unref(): this {
    this.#socket.unref?.();
    return this;
  }

  /** As of any stream. Texts, which is what most clients write, do without the stream's own queue as long as it is empty. */
  override write(chunk: Written, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    if (
      typeof chunk === "string" &&
      encoding === undefined &&
      callback === undefined &&
      this.#isOpen &&
      this.writableLength === 0
    ) {
      this.#gather(chunk);
      return true;
    }
    if (encoding === undefined || typeof encoding === "function") return super.write(chunk, encoding ?? callback);
    return super.write(chunk, encoding, callback);
  }

  override _write(chunk: Written, encoding: BufferEncoding, callback: () => void): void {
    if (this.#hasEnded) {
      callback();
      return;
    }
    this.#gather(typeof chunk === "string" && !isUtf8(encoding) ? Buffer.from(chunk, encoding) : chunk);
    if (this.#server.writableNeedDrain || this.#isHeld) this.#afterDrain = callback;
    else callback();
  }

  override _read(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#server.resume();
  }

  override _final(callback: () => void): void {
    this.#isOpen = false;
    this.#flush();
    this.#server.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#isOpen = false;
    this.#hasEnded = true;
    clearTimeout(this.#moveTimer);
    this.#offered?.server.destroy();
    this.#next?.server.destroy();
    this.#server.destroy();
    callback(error);
  }

  /** Keeps what is written until the turn ends. */
  #gather(chunk: Written): void {
    if (typeof chunk === "string") this.#text += chunk;
    else {
      if (this.#text !== "") this.#written.push(this.#text);
      this.#text = "";
      this.#written.push(chunk);
    }
    this.#writtenLength += chunk.length;
    if (this.#writtenLength > longestTurn) this.#flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(this.#onTick);
    }
  }

  /** Sends what was written in this turn. */
  #flush(): void {
    this.#isScheduled = false;
    if (this.#writtenLength === 0 || this.#hasEnded || this.#isHeld) return;
    if (this.#calls.counts) this.#calls.nowMs = performance.now();
    const [text, written] = [this.#text, this.#written];
    this.#text = "";
    this.#writtenLength = 0;
    try {
      if (written.length === 0) this.#sendText(text);
      else {
        this.#written = [];
        this.#send(joined([...written, text]));
      }
    } catch (error) {
      if (!(error instanceof CommandFormatError)) throw error;
      this.push(`-ERR Protocol error: ${error.message}\r\n`);
      this.#hangUp();
    }
  }

  /** Sends commands that were written as text: bytes are made only of those that must be looked at. */
  #sendText(text: string): void {
    const passing = this.#commands.atBoundary ? passingText(text, this.#calls) : 0;
    if (passing === text.length) {
      this.#isOpen = this.#server.write(text, "latin1") && this.#isOpen;
      return;
    }
    if (passing > 0) this.#server.write(text.slice(0, passing), "latin1");
    this.#send(Buffer.from(text.slice(passing)));
  }

  #send(bytes: Buffer): void {
    for (const passing of this.#commands.push(bytes)) this.#isOpen = this.#server.write(passing) && this.#isOpen;
  }

  /** Whether commands wait, so that the session comes to rest and can go on elsewhere. */
  get #isHeld(): boolean {
    if (this.#isMoving) return true;
    return (this.#next !== undefined || this.#isEnding) && !this.#calls.isBound && this.#commands.atBoundary;
  }

  get #socket(): Duplex & SocketControls {
    return this.#server;
  }

  #listen(server: Duplex): void {
    const isCurrent = (): boolean => server === this.#server;
    readPastQueue(server, (chunk) => this.#receive(chunk));
    server.on("drain", () => this.#goOn());
    server.on("timeout", () => this.emit("timeout"));
    server.on("end", () => {
      if (isCurrent()) this.#hangUp();
    });
    server.on("error", (error) => {
      if (isCurrent()) this.destroy(error);
    });
    server.on("close", () => {
      if (isCurrent()) this.#hangUp();
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#calls.counts) this.#calls.nowMs = performance.now();
    if (this.#hasEnded) return;
    if (this.#replies.passes(chunk)) this.#pass(chunk);
    else for (const passing of this.#replies.push(chunk)) this.#pass(passing);
    if (!this.#isSteady) this.#moveIfIdle();
  }

  #pass(reply: Buffer): void {
    if (this.readableFlowing === true && this.readableLength === 0 && this.readableEncoding === null) {
      // What the stream would do, after it has asked all that it may be asked for.
      this.emit("data", reply);
      return;
    }
    if (this.push(reply) || this.#isPaused) return;
    this.#isPaused = true;
    this.#server.pause();
  }

  #goOn(): void {
    this.#isOpen = this.#isSteady && !this.#hasEnded && !this.writableEnded;
    const callback = this.#afterDrain;
    this.#afterDrain = undefined;
    callback?.();
  }

  #comeToRest(): void {
    if (this.#calls.isLasting) {
      this.#hangUp();
      return;
    }
    this.#moveTimer ??= setTimeout(() => this.#hangUp(), longestMoveMs).unref();
    this.#moveIfIdle();
  }

  #moveIfIdle(): void {
    if (this.#calls.isBound || this.#calls.underWay > 0 || !this.#commands.atBoundary || this.#isMoving) return;
    if (this.#isEnding) this.#hangUp();
    else void this.#move();
  }

  async #move(): Promise<void> {
    const next = this.#next;
    if (next === undefined) return;
    const { server, policy } = next;
    this.#isMoving = true;
    try {
      await setUp(server, this.#calls.setup);
    } catch {
      this.#hangUp();
      return;
    }
    this.#isMoving = false;
    // It may have been replaced again meanwhile.
    if (next !== this.#next) {
      await this.#move();
      return;
    }
    clearTimeout(this.#moveTimer);
    this.#moveTimer = this.#next = undefined;
    this.#isSteady = true;
    const old = this.#server;
    this.#server = server;
    this.#replies = new ReplyFrames(this.#calls);
    this.#calls.policy = policy;
    this.#listen(server);
    old.destroy();
    this.emit("moved");
    this.#flush();
    this.#goOn();
  }

  /** Ends in good order, as a server does: the client reads what has come, then the end. */
  #hangUp(): void {
    if (this.#hasEnded || this.destroyed) return;
    this.#hasEnded = true;
    this.push(null);
    this.#goOn();
  }
}

function joined(written: readonly Written[]): Buffer {
  return Buffer.concat(written.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)));
}

function isUtf8(encoding: BufferEncoding): boolean {
  return encoding === "utf8" || encoding === "utf-8";
}
