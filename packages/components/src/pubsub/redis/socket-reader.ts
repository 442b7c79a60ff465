import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ComponentContext, MechaError } from "@mecha/spec";
import { componentClosed } from "../../component-closed.js";
import type { RedisConnection } from "../../state/redis/redis-connection.js";
import { fromRedis } from "../../state/redis/redis-error.js";
import { encodeCommand, openRedisSession } from "../../state/redis/redis-session.js";
import type { RedisSettings } from "../../state/redis/redis-settings.js";
import type { EntryReader } from "./entry-reader.js";
import { EntryParser, type ReadReply } from "./entry-parser.js";
import type { StreamEntry } from "./stream-entry.js";
import type { StreamGroup } from "./stream-group.js";

/** How long Redis holds a read that finds nothing, in milliseconds. */
const blockMs = 5_000;

/** When the system asks a server that is silent whether it is there, in milliseconds. */
const keepAliveMs = 30_000;

/** How long to wait until a read that has to end is asked to once more, in milliseconds. */
const unblockMs = 20;

/** What a reader needs to connect by itself. */
export interface SocketReaderParts {
  readonly context: ComponentContext;
  readonly settings: RedisSettings;
  readonly group: StreamGroup;
  /** Knows where the server is, and ends a read that waits. */
  readonly control: RedisConnection;
}

/**
 * Waits for new messages on a connection of its own, which a waiting read blocks. It speaks with the server itself: through a client,
 * to read a message costs more than all that the runtime does with it.
 */
export class SocketReader implements EntryReader {
  readonly #parts: SocketReaderParts;
  #line: Promise<Line> | undefined;
  #waitingId: number | undefined;
  #isClosed = false;

  private constructor(parts: SocketReaderParts) {
    this.#parts = parts;
  }

  /** Connects; rejects with a MechaError. */
  static async open(parts: SocketReaderParts): Promise<SocketReader> {
    const reader = new SocketReader(parts);
    await reader.#connected();
    return reader;
  }

  async read(count: number): Promise<readonly StreamEntry[]> {
    const { context, settings, group } = this.#parts;
    if (this.#isClosed) throw componentClosed(context);
    const { stream, group: name } = group;
    const line = await this.#connected();
    try {
      this.#waitingId = line.clientId;
      const words = ["GROUP", name, name, "COUNT", String(count), "BLOCK", String(blockMs), "STREAMS", stream, ">"];
      const reply = await line.ask(["XREADGROUP", ...words]);
      if (typeof reply === "number") throw new Error("Redis answered with a number where entries were asked for");
      return reply;
    } catch (error) {
      // The next read has another, perhaps of another master.
      this.#line = undefined;
      line.hangUp();
      throw fromRedis(error, context, settings);
    } finally {
      this.#waitingId = undefined;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const line = await this.#line?.catch(() => undefined);
    // Without Redis there is nothing that waits there.
    if (await this.#endRead().catch(() => false)) await line?.idle;
    line?.hangUp();
  }

  async #endRead(): Promise<true> {
    for (let id = this.#waitingId; id !== undefined; id = this.#waitingId) {
      const waiting = id;
      const count = await this.#parts.control.run((redis) => redis.client("UNBLOCK", waiting), {
        signal: undefined,
        idempotent: true,
      });
      if (count === 1) break;
      await new Promise((resolve) => setTimeout(resolve, unblockMs));
    }
    return true;
  }

  async #connected(): Promise<Line> {
    this.#line ??= this.#connect();
    try {
      return await this.#line;
    } catch (error) {
      this.#line = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Line> {
    const { context, settings, control } = this.#parts;
    const server = settings.sentinel === undefined ? {} : control.server;
    const { stream } = await openRedisSession(context, { ...settings, ...server }, {});
    const line = new Line(stream);
    try {
      const id = await line.ask(["CLIENT", "ID"]);
      if (typeof id !== "number") throw new Error("Redis answered with something else than the id of a client");
      line.clientId = id;
      if (this.#isClosed) throw new MechaError("CANCELLED", "The subscription ended before it began");
      return line;
    } catch (error) {
      line.hangUp();
      throw fromRedis(error, context, settings);
    }
  }
}

/** A connection on which one command is under way at a time. */
class Line {
  clientId: number | undefined;
  /** Resolves when nothing is under way. */
  idle: Promise<void> = Promise.resolve();
  readonly #stream: Duplex;
  readonly #parser = new EntryParser();
  #answer: { resolve(reply: Exclude<ReadReply, Error>): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    if (stream instanceof Socket) stream.setKeepAlive(true, keepAliveMs);
    stream
      .on("data", (chunk: Buffer) => this.#take(chunk))
      .on("error", (error) => this.#fail(error))
      .on("end", () => this.#fail(new Error("the server closed the connection")))
      .on("close", () => this.#fail(new Error("the connection broke")));
  }

  /** Rejects with what Redis refuses by, or with what broke the connection. */
  ask(words: readonly string[]): Promise<Exclude<ReadReply, Error>> {
    const answered = new Promise<Exclude<ReadReply, Error>>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#answer = { resolve, reject };
      this.#stream.write(encodeCommand(words));
    });
    this.idle = answered.then(
      () => undefined,
      () => undefined,
    );
    return answered;
  }

  hangUp(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    try {
      const reply = this.#parser.push(chunk);
      if (reply === undefined) return;
      const answer = this.#answer;
      this.#answer = undefined;
      if (reply instanceof Error) answer?.reject(reply);
      else answer?.resolve(reply);
    } catch (error) {
      // What comes behind could not be told apart either.
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      this.#stream.destroy();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#answer?.reject(this.#failure);
    this.#answer = undefined;
  }
}
