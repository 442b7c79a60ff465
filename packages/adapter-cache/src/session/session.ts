import { Arguments, arityError } from "../commands/arguments.js";
import type { Channels } from "../channels/channels.js";
import type { Command } from "../commands/command.js";
import { connectionCommands } from "../commands/connection-commands.js";
import { keyCommands } from "../commands/key-commands.js";
import { checkSubcommand } from "../commands/subcommands.js";
import { notSupported, refusals, severalKeysNotSupported } from "../commands/refusals.js";
import { documentName } from "../documents/key-name.js";
import { toErrorReply } from "../engine/run-operations.js";
import type { Engine } from "../engine/engine.js";
import { Keyspace } from "../engine/keyspace.js";
import type { Protocol } from "../resp/encode-reply.js";
import { ErrorReply, ok, Status, type Reply } from "../resp/reply.js";
import type { ConnectionCommand } from "../commands/connection-command.js";
import { Subscriptions } from "../channels/subscriptions.js";
import type { Waiter } from "../engine/waiter.js";
import { commandAtOnce } from "./at-once-commands.js";
import type { ReplyPlace } from "./reply-queue.js";
import { handshakeCommands, microsecondsSince, type RecordCommand } from "./statistics.js";
import { nextClientId, type ClientSession } from "./client-session.js";
import { execute, type ExecuteOutcome } from "./execute.js";
import { silencedPlace } from "./silenced-place.js";
import { refuseToSubscriber } from "./subscriber-mode.js";
import type { Queued } from "./transaction.js";
import { unknownCommand } from "./unknown-command.js";
import { watchDocument, type Watches } from "./watch.js";

const queuedReply = new Status("QUEUED");

/** Who hears of a session. */
export interface SessionOptions {
  /** Told of every command that reached the store. */
  readonly record?: RecordCommand | undefined;
  /** Gives the client what it did not ask for just now. */
  readonly push: (message: Reply, protocol: Protocol) => void;
  /** Called when the client asked to end the connection. */
  readonly onEnd: () => void;
}

/** A command on its way. */
interface Dispatched {
  readonly args: Arguments;
  readonly startedMs: number;
  readonly place: ReplyPlace;
  /** The protocol of its reply. */
  readonly protocol: Protocol;
  /** Gives the reply of what ran, and counts it. */
  readonly finish: (name: string, reply: Reply) => void;
}

interface BlockOptions {
  readonly names: readonly string[];
  readonly timeoutMs: number;
  readonly settle: (reply: Reply) => void;
}

/** A command that waits for one before it. */
interface Held {
  readonly values: readonly Buffer[];
  readonly place: ReplyPlace;
}

/** What a client's connection consists of besides its bytes: database, protocol, transaction, what it watches. */
export class Session implements ClientSession {
  readonly id = nextClientId();
  /** Type of the store, for messages. */
  readonly storeType: string;
  database = 0;
  protocol: Protocol = 2;
  name = "";
  /** Commands since MULTI; `undefined` outside a transaction. */
  transaction: Queued[] | undefined;
  #watched: Watches = new Map();
  readonly #engine: Engine;
  readonly #record: RecordCommand | undefined;
  readonly #onEnd: () => void;
  #transactionFailed = false;
  /** When it was opened, in milliseconds since 1970. */
  readonly openedMs = Date.now();
  /** Which replies the client wants: all, none, or none to its next command. */
  replies: "ON" | "OFF" | "SKIP" = "ON";
  /** What this client is subscribed to. */
  readonly subscriptions: Subscriptions;
  /** Commands that came while one before them must come to its end first; `undefined` if none must. */
  #held: Held[] | undefined;
  #waiter: Waiter | undefined;
  #isClosed = false;

  constructor(engine: Engine, { record, push, onEnd }: SessionOptions) {
    this.#engine = engine;
    this.#record = record;
    this.#onEnd = onEnd;
    this.storeType = engine.documents.storeType;
    engine.clients.add(this);
    this.subscriptions = new Subscriptions(engine.channels, { push: (message) => push(message, this.protocol) });
  }

  /** Everybody who is connected to this cache in this process. */
  get clients(): ReadonlySet<Session> {
    return this.#engine.clients;
  }

  /** What is published on this cache. */
  get channels(): Channels {
    return this.#engine.channels;
  }

  /** Whether its command waits for what others do. */
  get waits(): boolean {
    return this.#waiter?.waits === true;
  }

  /** Does one command. */
  execute(values: readonly Buffer[], givenPlace: ReplyPlace): void {
    const place = this.replies === "ON" ? givenPlace : silencedPlace(this, values, givenPlace);
    if (this.#held !== undefined) {
      this.#held.push({ values, place });
      return;
    }
    const args = new Arguments(values);
    const startedMs = this.#record === undefined ? 0 : performance.now();
    const { protocol } = this;
    const finish = (name: string, reply: Reply): void => {
      if (this.#record !== undefined && !handshakeCommands.has(name)) this.#record(name, microsecondsSince(startedMs));
      place.settle(reply, name === "hello" || name === "reset" ? this.protocol : protocol);
    };
    try {
      this.#dispatch({ args, startedMs, finish, place, protocol });
    } catch (error) {
      // What is refused before it runs is not counted, as in Redis; and a transaction with it cannot be executed.
      if (this.transaction !== undefined) this.#transactionFailed = true;
      place.settle(toErrorReply(error), protocol);
    }
  }

  /** The connection is gone: nothing is done for it any more. */
  close(): void {
    this.#isClosed = true;
    this.#engine.clients.delete(this);
    this.#held = undefined;
    this.#waiter?.cancel();
    this.discard();
    this.subscriptions.clear();
  }

  /** Starts a transaction. */
  begin(): void {
    this.transaction = [];
    this.#transactionFailed = false;
  }

  /** Forgets the transaction, and what is watched. */
  discard(): void {
    this.transaction = undefined;
    this.#transactionFailed = false;
    this.unwatch();
  }

  /** Forgets what is watched; a transaction that is being executed keeps its own. */
  unwatch(): void {
    this.#watched = new Map();
  }

  /** Everything as at the beginning. */
  reset(): void {
    this.discard();
    this.subscriptions.clear();
    this.database = 0;
    this.protocol = 2;
    this.name = "";
    this.replies = "ON";
  }

  /** Ends the connection after the replies that are due. */
  end(): void {
    this.#engine.clients.delete(this);
    this.#onEnd();
  }

  #dispatch({ args, startedMs, finish, place, protocol }: Dispatched): void {
    const name = args.text(0).toLowerCase();
    const key = keyCommands.get(name);
    const connection = connectionCommands.get(name);
    const arity = key?.arity ?? connection?.arity ?? (name === "exec" ? 1 : name === "watch" ? -2 : undefined);
    if (arity === undefined) throw this.#unknown(name, args);
    if (arity < 0 ? args.count < -arity : args.count !== arity) throw this.#wrongArity(name);
    checkSubcommand((key ?? connection)?.subcommands, args, this.storeType);
    if (protocol === 2 && this.subscriptions.active) refuseToSubscriber(name, args);
    const loading = key?.prepare?.();
    if (loading !== undefined) this.#executeAfter(loading, { args, place, protocol });
    else if (name === "exec") this.#exec((reply) => finish(name, reply));
    else if (name === "watch") this.#watch(args, (reply) => finish(name, reply));
    else if (this.transaction !== undefined && connection?.immediate !== true) {
      this.transaction.push({ args, queuedAtMs: startedMs, ...(key && { key }), ...(connection && { connection }) });
      place.settle(queuedReply, protocol);
    } else if (connection?.inTurn === true) this.#runInTurn(connection, args, place, finish);
    else if (connection !== undefined) {
      // Only those that are done in turn give promises.
      finish(
        name,
        attempt(() => connection.run(this, args) as Reply),
      );
    } else if (key?.listsKeys === true) this.#submitInTurn(key, args, place, (reply) => finish(name, reply));
    else if (key !== undefined) this.#submit(key, args, (reply) => finish(name, reply));
  }

  /** Does a command once something is loaded; what comes after it waits. */
  #executeAfter(
    loading: Promise<void>,
    { args, place, protocol }: Pick<Dispatched, "args" | "place" | "protocol">,
  ): void {
    this.#held = [];
    const isReady = loading.then(
      () => void this.#held?.unshift({ values: args.slice(0), place }),
      (error: unknown) => place.settle(toErrorReply(error), protocol),
    );
    void isReady.then(() => this.#release());
  }

  /** Does a command on keys when all before it are answered; what comes after it waits. */
  #submitInTurn(command: Command, args: Arguments, place: ReplyPlace, settle: (reply: Reply) => void): void {
    this.#held = [];
    place.whenNext(() => {
      if (this.#isClosed) return;
      this.#submit(command, args, (reply) => {
        settle(reply);
        this.#release();
      });
    });
  }

  /** Does a command when all before it are answered; what comes after it waits. */
  #runInTurn(
    connection: ConnectionCommand,
    args: Arguments,
    place: ReplyPlace,
    finish: (name: string, reply: Reply) => void,
  ): void {
    this.#held = [];
    const end = (reply: Reply): void => {
      finish(connection.name, reply);
      this.#release();
    };
    place.whenNext(() => {
      if (this.#isClosed) return;
      const reply = attempt(() => connection.run(this, args));
      if (reply instanceof Promise) reply.then(end, (error: unknown) => end(toErrorReply(error)));
      else end(reply);
    });
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { values, place } of held) this.execute(values, place);
  }
  #wrongArity(name: string): ErrorReply {
    const error = arityError(name);
    if (name !== "exec") return error;
    this.discard();
    return new ErrorReply(`EXECABORT Transaction discarded because of: ${error.message.replace("ERR ", "")}`);
  }

  /**
   * Does a command at once, if nothing stands in its way and its value lies in this process.
   *
   * @param name - in lower case
   * @param values - the command's words, the name included; this session's from now on
   * @returns its reply; `undefined` if nothing was done
   */
  runAtOnce(name: string, values: readonly (Buffer | string)[]): Reply | undefined {
    const command = this.#isBound ? undefined : commandAtOnce(name, values.length);
    if (command === undefined) return undefined;
    const record = this.#record;
    const startedMs = record === undefined ? 0 : performance.now();
    const reply = this.#engine.runAtOnce(command, new Arguments(values), this);
    if (reply !== undefined && record !== undefined) record(name, microsecondsSince(startedMs));
    return reply;
  }

  /** Whether commands are not done as they come just now. */
  get #isBound(): boolean {
    return (
      this.#held !== undefined ||
      this.transaction !== undefined ||
      this.replies !== "ON" ||
      this.#isClosed ||
      (this.protocol === 2 && this.subscriptions.active)
    );
  }

  #submit(command: Command, args: Arguments, settle: (reply: Reply) => void): void {
    const { database } = this;
    const isAtOnce = commandAtOnce(command.name, args.count) === command;
    const done = isAtOnce ? this.#engine.runAtOnce(command, args, this) : undefined;
    if (done !== undefined) {
      settle(done);
      return;
    }
    const keys = command.keys(args);
    const names = [...new Set(keys.map((bytes) => documentName(database, bytes.toString("latin1"))))];
    if (names.length > 1 && command.writes && !this.#engine.documents.atomic) {
      if (command.separate === undefined) throw severalKeysNotSupported(command.name.toUpperCase(), this.storeType);
      this.#submitEach(command, command.separate, keys, settle);
      return;
    }
    const timeoutMs = command.blocking?.timeoutMs(args);
    if (timeoutMs !== undefined) {
      this.#block(command, args, { names, timeoutMs, settle });
      return;
    }
    this.#engine.submit({
      names,
      blind: command.blind?.(args) ?? false,
      owner: this,
      loose: command.loose,
      run: (workspace) => command.run(new Keyspace(workspace, database, Date.now()), args),
      settle,
    });
  }

  /** Does a command that waits for others; what comes after it waits too. */
  #block(command: Command, args: Arguments, { names, timeoutMs, settle }: BlockOptions): void {
    const { database } = this;
    this.#held = [];
    this.#waiter = this.#engine.block({
      names,
      owner: this,
      timeoutMs,
      run(workspace, again) {
        const keyspace = new Keyspace(workspace, database, Date.now());
        const resumed = again ? command.blocking?.resume?.(keyspace, args) : undefined;
        return resumed === undefined ? command.run(keyspace, args) : resumed;
      },
      settle: (reply) => {
        this.#waiter = undefined;
        settle(reply);
        this.#release();
      },
    });
  }

  #submitEach(
    command: Command,
    separate: NonNullable<Command["separate"]>,
    keys: readonly Buffer[],
    settle: (reply: Reply) => void,
  ): void {
    const replies: Reply[] = [];
    for (const key of keys) {
      this.#submit(command, new Arguments(separate.arguments(key)), (reply) => {
        replies.push(reply);
        if (replies.length === keys.length)
          settle(replies.find((each) => each instanceof ErrorReply) ?? separate.join(replies));
      });
    }
  }

  #watch(args: Arguments, settle: (reply: Reply) => void): void {
    if (this.transaction !== undefined) {
      settle(new ErrorReply("ERR WATCH inside MULTI is not allowed"));
      return;
    }
    const { database } = this;
    const watched = this.#watched;
    const names = args.slice(1).map((bytes) => documentName(database, bytes.toString("latin1")));
    // A key that is watched already keeps what was seen first.
    const fresh = [...new Set(names)].filter((name) => !watched.has(name));
    for (const name of fresh) watched.set(name, undefined);
    this.#engine.submit({
      names: fresh,
      blind: false,
      owner: this,
      run: (workspace) => {
        for (const name of fresh) watched.set(name, watchDocument(workspace, name, Date.now()));
        return ok;
      },
      settle,
    });
  }

  #exec(settle: (reply: Reply) => void): void {
    const { transaction, database } = this;
    if (transaction === undefined) {
      settle(new ErrorReply("ERR EXEC without MULTI"));
      return;
    }
    const failed = this.#transactionFailed;
    const watched = this.#watched;
    this.discard();
    if (failed) {
      settle(new ErrorReply("EXECABORT Transaction discarded because of previous errors."));
      return;
    }
    const onOutcome = ({ reply, executed }: ExecuteOutcome): void => {
      for (const { args, queuedAtMs } of executed) {
        const name = args.text(0).toLowerCase();
        if (!handshakeCommands.has(name)) this.#record?.(name, microsecondsSince(queuedAtMs));
      }
      settle(reply);
      if (concernsOthers) this.#release();
    };
    const concernsOthers = transaction.some(({ connection }) => connection?.inTurn === true);
    if (concernsOthers) this.#held = [];
    execute({ session: this, engine: this.#engine, queue: transaction, database, watched, settle: onOutcome });
  }

  #unknown(name: string, args: Arguments): ErrorReply {
    const remedy = refusals.get(name);
    return remedy === undefined ? unknownCommand(args) : notSupported(name.toUpperCase(), this.storeType, remedy);
  }
}

function attempt<T>(run: () => T): T | ErrorReply {
  try {
    return run();
  } catch (error) {
    return toErrorReply(error);
  }
}
