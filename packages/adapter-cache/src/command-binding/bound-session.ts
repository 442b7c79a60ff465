import { Arguments, arityError } from "../commands/arguments.js";
import { connectionCommands } from "../commands/connection-commands.js";
import type { ConnectionCommand } from "../commands/connection-command.js";
import { keyCommands } from "../commands/key-commands.js";
import { notSupported } from "../commands/refusals.js";
import { checkSubcommand } from "../commands/subcommands.js";
import { Channels } from "../channels/channels.js";
import { Subscriptions } from "../channels/subscriptions.js";
import { toErrorReply } from "../engine/run-operations.js";
import type { Protocol } from "../resp/encode-reply.js";
import { Encoded, ErrorReply, ok, Status, type Reply } from "../resp/reply.js";
import { nextClientId, type ClientSession } from "../session/client-session.js";
import type { ServedSession, SessionEvents } from "../session/client-stream.js";
import type { ReplyPlace } from "../session/reply-queue.js";
import { silencedPlace } from "../session/silenced-place.js";
import { handshakeCommands, microsecondsSince, type RecordCommand } from "../session/statistics.js";
import { refuseToSubscriber } from "../session/subscriber-mode.js";
import type { BoundCache } from "./bound-cache.js";
import { transactionCommands, watchMore, type WatchedKeys } from "./bound-transaction.js";
import { isLost, messageOf, type CommandCall, type CommandWords } from "./command-binding.js";
import { readTexts } from "./read-texts.js";
import { readWaiting, streamEndsScript, type WaitingCommand } from "./waiting-commands.js";

/** The most that goes in one call. */
const maxBatch = { commands: 1_000, bytes: 1024 * 1024 };

/** How long one call of a command that waits may take. */
const waitMs = 5_000;

/** Commands about the connection: behind the binding there is none that is the client's own. */
const local: ReadonlySet<string> = new Set([
  ..."auth client discard hello multi ping quit reset select unwatch pubsub".split(" "),
  ..."subscribe unsubscribe psubscribe punsubscribe ssubscribe sunsubscribe".split(" "),
]);

const queued = new Status("QUEUED");

/** A command that waits for its turn. */
interface Turn {
  readonly name: string;
  readonly values: readonly Buffer[];
  readonly place: ReplyPlace;
  readonly startedMs: number;
}

/** A client's connection to Redis through an output binding: what a connection knows is kept here, what commands do is done there. */
export class BoundSession implements ClientSession, ServedSession {
  readonly id = nextClientId();
  readonly openedMs = Date.now();
  readonly storeType: string;
  readonly subscriptions: Subscriptions;
  readonly channels: Channels;
  protocol: Protocol = 2;
  name = "";
  replies: "ON" | "OFF" | "SKIP" = "ON";
  waits = false;
  transaction: (readonly Buffer[])[] | undefined;
  readonly #cache: BoundCache;
  readonly #events: SessionEvents;
  readonly #record: RecordCommand | undefined;
  readonly #gone = new AbortController();
  readonly #turns: Turn[] = [];
  /** The database that the client selected. */
  #database: number | undefined;
  #watched: WatchedKeys | undefined;
  #transactionFailed = false;
  #busy = false;
  #scheduled = false;

  constructor(cache: BoundCache, events: SessionEvents, record: RecordCommand | undefined) {
    this.#cache = cache;
    this.#events = events;
    this.#record = record;
    this.storeType = cache.storeType;
    this.channels = cache.channels ?? new Channels();
    this.subscriptions = new Subscriptions(this.channels, {
      push: (message) => events.push(message, this.protocol),
    });
    cache.clients.add(this);
  }

  get database(): number {
    return this.#database ?? 0;
  }

  set database(database: number) {
    this.#database = database;
  }

  get clients(): ReadonlySet<ClientSession> {
    return this.#cache.clients;
  }

  execute(values: readonly Buffer[], place: ReplyPlace): void {
    const name = values[0]?.toString("latin1").toLowerCase() ?? "";
    this.#turns.push({ name, values, place, startedMs: performance.now() });
    if (this.#scheduled || this.#busy) return;
    this.#scheduled = true;
    // What comes in one chunk goes in one call.
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#advance();
    });
  }

  close(): void {
    this.#cache.clients.delete(this);
    this.#turns.length = 0;
    this.#gone.abort();
    this.discard();
    this.subscriptions.clear();
  }

  begin(): void {
    this.transaction = [];
    this.#transactionFailed = false;
  }

  discard(): void {
    this.transaction = undefined;
    this.#transactionFailed = false;
    this.unwatch();
  }

  unwatch(): void {
    this.#watched = undefined;
  }

  reset(): void {
    this.discard();
    this.subscriptions.clear();
    this.#database = undefined;
    this.protocol = 2;
    this.name = "";
    this.replies = "ON";
  }

  end(): void {
    this.#cache.clients.delete(this);
    this.#events.onEnd();
  }

  /** Does what can be done until something has to be waited for. */
  #advance(): void {
    while (!this.#busy && this.#turns.length > 0) {
      const batch = this.#takeBatch();
      const turn = batch.length === 0 ? this.#takeTurn() : undefined;
      const work = turn === undefined ? this.#runBatch(batch) : this.#runTurn(turn);
      if (work === undefined) continue;
      this.#busy = true;
      void work.then(() => {
        this.#busy = false;
        this.#advance();
      });
    }
  }

  /** Commands at the head of the queue that need nothing but the server. */
  #takeBatch(): readonly Turn[] {
    if (this.transaction !== undefined || this.replies !== "ON") return [];
    if (this.protocol === 2 && this.subscriptions.active) return [];
    let bytes = 0;
    let count = 0;
    for (const { name, values } of this.#turns) {
      if (count === maxBatch.commands || isSpecial(name, values)) break;
      bytes += values.reduce((sum, value) => sum + value.length, 0);
      if (count > 0 && bytes > maxBatch.bytes) break;
      count++;
    }
    return this.#turns.splice(0, count);
  }

  #takeTurn(): Turn | undefined {
    const turn = this.#turns.shift();
    if (turn === undefined || this.replies === "ON") return turn;
    return { ...turn, place: silencedPlace(this, turn.values, turn.place) };
  }

  async #runBatch(batch: readonly Turn[]): Promise<void> {
    const reply = await this.#call(batch.map(({ values }) => values));
    for (const [index, turn] of batch.entries()) {
      // The replies came together and go together, in the place of the first.
      const isFirst = index === 0;
      this.#settle(turn, reply instanceof Encoded && !isFirst ? new Encoded(nothing) : reply);
    }
  }

  /** Does one command; gives a promise if that takes time. */
  #runTurn(turn: Turn): Promise<void> | undefined {
    const { name, values } = turn;
    const args = new Arguments(values);
    try {
      if (this.protocol === 2 && this.subscriptions.active) refuseToSubscriber(name, args);
      const connection = local.has(name) ? connectionCommands.get(name) : undefined;
      this.#check(name, args, connection);
      if (name === "exec") return this.#exec(turn);
      if (this.transaction !== undefined && connection?.immediate !== true) {
        this.#queue(turn, connection);
        return undefined;
      }
      if (name === "watch") return this.#watch(turn);
      if (name === "publish" || name === "spublish") return this.#publish(turn);
      if (connection !== undefined) return this.#runLocally(turn, connection, args);
      const waiting = readWaiting(name, values);
      return waiting === undefined ? this.#runBatch([turn]) : this.#wait(turn, waiting);
    } catch (error) {
      if (this.transaction !== undefined) this.#transactionFailed = true;
      this.#settle(turn, toErrorReply(error));
      return undefined;
    }
  }

  /** Refuses what Redis would refuse before it runs or queues it, as far as is known here: the server does the rest. */
  #check(name: string, args: Arguments, connection: ConnectionCommand | undefined): void {
    const known = keyCommands.get(name) ?? connection;
    const arity = name === "exec" ? 1 : name === "watch" ? -2 : known?.arity;
    if (arity !== undefined && (arity < 0 ? args.count < -arity : args.count !== arity)) {
      if (name === "exec") this.discard();
      throw arityError(name);
    }
    checkSubcommand(connection?.subcommands, args, this.storeType);
    if (name.endsWith("subscribe") && this.#cache.channels === undefined) {
      const remedy = "name a pub/sub component in the adapter's settings, as `pubsub` beside `native`";
      throw notSupported(name.toUpperCase(), this.storeType, remedy);
    }
  }

  #queue(turn: Turn, connection: ConnectionCommand | undefined): void {
    if (turn.name === "watch") throw new ErrorReply("ERR WATCH inside MULTI is not allowed");
    if (connection !== undefined && turn.name !== "ping") {
      throw notSupported(`${turn.name.toUpperCase()} inside MULTI`, this.storeType, "call it before MULTI");
    }
    this.transaction?.push(turn.values);
    this.#settle(turn, queued);
  }

  #runLocally(turn: Turn, connection: ConnectionCommand, args: Arguments): Promise<void> | undefined {
    const { protocol } = this;
    const reply = connection.run(this, args);
    const settle = (given: Reply): void => {
      const isNew = turn.name === "hello" || turn.name === "reset";
      this.#settle(turn, given, isNew ? this.protocol : protocol);
    };
    if (reply instanceof Promise) return reply.then(settle, (error: unknown) => settle(toErrorReply(error)));
    settle(reply);
    return undefined;
  }

  async #watch(turn: Turn): Promise<void> {
    const keys = turn.values.slice(1);
    const reply = await this.#call([turn.values]);
    const seen = reply instanceof Encoded ? readTexts(reply.bytes) : undefined;
    if (seen === undefined) {
      this.#settle(turn, reply);
      return;
    }
    try {
      this.#watched = watchMore(this.#watched, { database: this.#database, keys, seen });
      this.#settle(turn, ok);
    } catch (error) {
      this.#settle(turn, toErrorReply(error));
    }
  }

  #exec(turn: Turn): Promise<void> | undefined {
    const { transaction } = this;
    if (transaction === undefined) throw new ErrorReply("ERR EXEC without MULTI");
    const failed = this.#transactionFailed;
    const watched = this.#watched;
    this.discard();
    if (failed) throw new ErrorReply("EXECABORT Transaction discarded because of previous errors.");
    if (watched !== undefined && watched.database !== this.#database) {
      throw notSupported("EXEC", this.storeType, "the keys were watched in another database; select it before WATCH");
    }
    return this.#commit(turn, transactionCommands(transaction, watched), transaction);
  }

  async #commit(
    turn: Turn,
    commands: readonly CommandWords[],
    transaction: readonly (readonly Buffer[])[],
  ): Promise<void> {
    const reply = await this.#call(commands, { atomic: true });
    if (reply instanceof Encoded && reply.bytes[0] === asterisk && reply.bytes[1] !== minus) {
      // They are published in Redis already; to fail now would make the client do all of it again.
      for (const values of transaction) await this.#spread(values).catch(() => 0);
    }
    this.#settle(turn, reply);
  }

  async #publish(turn: Turn): Promise<void> {
    const reply = await this.#call([turn.values]);
    const there = reply instanceof Encoded ? /^:(\d+)\r\n$/u.exec(reply.bytes.toString("latin1"))?.[1] : undefined;
    if (there === undefined) {
      this.#settle(turn, reply);
      return;
    }
    try {
      this.#settle(turn, Number(there) + (await this.#spread(turn.values)));
    } catch (error) {
      this.#settle(turn, toErrorReply(error));
    }
  }

  /** Gives a message to who is subscribed through the pub/sub component; how many they are in this process. */
  async #spread([command, channel, payload]: readonly Buffer[]): Promise<number> {
    const { channels } = this.#cache;
    const name = command?.toString("latin1").toLowerCase();
    if (channels === undefined || channel === undefined || payload === undefined) return 0;
    if (name !== "publish" && name !== "spublish") return 0;
    return channels.publish(name === "publish" ? "channel" : "shard", channel.toString("latin1"), payload);
  }

  /** Asks again and again, for a while each time, until there is a reply or the time is over. */
  async #wait(turn: Turn, waiting: WaitingCommand): Promise<void> {
    const untilMs = waiting.timeoutMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + waiting.timeoutMs;
    const fromEnds = await this.#fixEnds(waiting);
    this.waits = true;
    for (;;) {
      const leftMs = Math.max(1, untilMs - performance.now());
      const words = fromEnds(waiting.lasting(Math.min(waitMs, leftMs)));
      const reply = await this.#call([words]);
      const isOver = leftMs <= waitMs || this.#gone.signal.aborted;
      if (isOver || !(reply instanceof Encoded) || !isNull(reply.bytes)) {
        this.waits = false;
        this.#settle(turn, reply);
        return;
      }
    }
  }

  /** Between two calls a stream may grow, so its end is looked up once. */
  async #fixEnds({ ends }: WaitingCommand): Promise<(words: CommandWords) => CommandWords> {
    if (ends.length === 0) return (words) => words;
    const keys = ends.map(({ key }) => key);
    const reply = await this.#call([["EVAL", streamEndsScript, String(keys.length), ...keys]]);
    const found = reply instanceof Encoded ? (readTexts(reply.bytes) ?? []) : [];
    return (words) => ends.reduce<CommandWords>((fixed, { index }, at) => fixed.with(index, found[at] ?? "$"), words);
  }

  /** Calls the binding. What is lost on the way ends the connection, as that of a server does. */
  async #call(
    commands: readonly CommandWords[],
    options: Pick<CommandCall, "atomic"> = {},
  ): Promise<Encoded | ErrorReply> {
    const { protocol } = this;
    try {
      const { signal } = this.#gone;
      return new Encoded(
        await this.#cache.binding.run({ commands, database: this.#database, protocol, signal, ...options }),
      );
    } catch (error) {
      if (isLost(error)) {
        this.#events.onLost();
        return new ErrorReply("ERR the connection to the binding is lost");
      }
      return new ErrorReply(`ERR ${messageOf(error)}`);
    }
  }

  #settle({ name, place, startedMs }: Turn, reply: Reply | Encoded, protocol: Protocol = this.protocol): void {
    if (this.#record !== undefined && !handshakeCommands.has(name)) this.#record(name, microsecondsSince(startedMs));
    place.settle(reply, protocol);
  }
}

const asterisk = 42;
const minus = 45;
const nothing = Buffer.alloc(0);

/** Whether a command is not simply passed on. */
function isSpecial(name: string, values: readonly Buffer[]): boolean {
  if (local.has(name) || name === "watch" || name === "exec" || name === "publish" || name === "spublish") return true;
  return readWaiting(name, values) !== undefined;
}

/** A reply that says that nothing came. */
function isNull(reply: Buffer): boolean {
  return ["*-1\r\n", "$-1\r\n", "_\r\n"].includes(reply.toString("latin1", 0, 6));
}
