import {
  connect,
  type EventOutcome,
  type Host,
  type Invocation,
  InvocationReply,
  type Mecha,
  MechaError,
  type TopicEvent,
} from "@mecha/sdk-core";
import { type CustomTransportStrategy, type MessageHandler, Server } from "@nestjs/microservices";
import { finalize, isObservable, lastValueFrom, type Observable } from "rxjs";
import { type HandlerSource, handlerSource } from "../module/handler-source.js";
import { DropEvent } from "../outcome/drop-event.js";
import { MechaContext } from "./mecha-context.js";
import type { MechaEventExtras, StandaloneServerOptions } from "./mecha-server-options.js";
import { packetsHeader, packetsType, type Packet, writePacket } from "./packets.js";
import { methodOf, topicOf } from "./pattern-names.js";
import { receivedValue } from "./received-value.js";
import { replyValues } from "./reply-values.js";

/** The transport of {@link MechaServer}, by which `@MessagePattern` and `@EventPattern` may choose it among several. */
export const mechaTransport: unique symbol = Symbol.for("mecha.transport");

/** A runtime that a server shares. */
export interface SharedRuntime {
  readonly mecha: Mecha;
  readonly runtime: string;
}

/** How it goes with a server. */
export type MechaStatus = "connected" | "disconnected";

/** What a server tells its listeners. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- Nest wants an index signature, which interfaces lack
export type MechaServerEvents = {
  /** A handler failed, or a stream broke; `fatal` if it stays so. */
  readonly error: (error: MechaError, fatal: boolean) => void;
};

/**
 * Strategy of `@nestjs/microservices` over a runtime: `@MessagePattern` methods answer service invocation, `@EventPattern`
 * methods take events of pub/sub.
 *
 * Patterns are method names and topics. An event is done when its handlers are; if one fails, it is delivered again to all
 * that have its pattern, unless it fails with `DropEvent` (or the context says so). Made by itself, a server has a connection and
 * a host of its own; `provideMechaServer()` makes one that shares those of `MechaModule`.
 */
export class MechaServer
  extends Server<MechaServerEvents, MechaStatus>
  implements CustomTransportStrategy, HandlerSource
{
  override readonly transportId = mechaTransport;
  /** Nest 12 asks for this: else it would log what handlers of events throw, and keep it to itself. */
  readonly propagatesEventHandlerErrors = true;
  readonly #options: StandaloneServerOptions;
  readonly #shared: SharedRuntime | undefined;
  readonly #listeners: MechaServerEvents["error"][] = [];
  #mecha: Mecha | undefined;
  #host: Host | undefined;
  /** How many handlers the module's host was given; `undefined` until it asks. */
  #served: number | undefined;

  /** @param shared - the runtime of `MechaModule`; see `provideMechaServer()` */
  constructor(options: StandaloneServerOptions = {}, shared?: SharedRuntime) {
    super();
    this.#options = options;
    this.#shared = shared;
    // Of options, these two read no more than what is declared here.
    this.initializeSerializer(options);
    this.initializeDeserializer(options);
  }

  /** Name of the runtime whose module serves the handlers; `undefined` for a server that does so itself. */
  get runtime(): string | undefined {
    return this.#shared?.runtime;
  }

  override listen(callback: (error?: unknown) => void): void {
    this.#listen().then(() => {
      this._status$.next("connected");
      callback();
    }, callback);
  }

  override async close(): Promise<void> {
    await this.#host?.close();
    if (this.#shared === undefined) await this.#mecha?.close();
    this._status$.next("disconnected");
  }

  override on<E extends keyof MechaServerEvents>(_event: E, callback: MechaServerEvents[E]): void {
    this.#listeners.push(callback);
  }

  /** Gives the connection. */
  override unwrap<T = Mecha>(): T {
    const mecha = this.#shared?.mecha ?? this.#mecha;
    if (mecha === undefined)
      throw new MechaError("FAILED_PRECONDITION", "The server is not connected yet; call listen() first", {
        operation: "nest.unwrap",
      });
    // The caller says what it expects, as with the other servers of Nest.
    return mecha as T;
  }

  /** Gives a host all handlers that the server has been given. */
  [handlerSource](host: Host): number {
    for (const [route, handler] of this.messageHandlers) {
      try {
        if (handler.isEventHandler === true) this.#addEvent(host, route, handler);
        else host.onInvoke(methodOf(route), (invocation) => this.#answer(route, handler, invocation));
      } catch (thrown) {
        throw namingPattern(thrown, handler.isEventHandler === true ? "@EventPattern" : "@MessagePattern", route);
      }
    }
    this.#served = this.messageHandlers.size;
    return this.#served;
  }

  async #listen(): Promise<void> {
    if (this.#shared !== undefined) {
      // MechaModule takes the handlers when the app starts, which is before or after this.
      if (this.#served === undefined || this.#served === this.messageHandlers.size) return;
      throw new MechaError(
        "FAILED_PRECONDITION",
        "The app had started before connectMicroservice() was called, so its handlers get no calls; call it before init() and listen()",
        { operation: "nest.listen" },
      );
    }
    const { connection, host = {} } = this.#options;
    this.#mecha = await connect(connection);
    const onError: MechaServerEvents["error"] = (error, fatal) => {
      for (const listener of this.#listeners) listener(error, fatal);
      if (this.#listeners.length === 0) this.logger.warn(error.message);
    };
    this.#host = this.#mecha.host({ onError, ...host });
    this[handlerSource](this.#host);
    await this.#host.start();
  }

  #addEvent(host: Host, route: string, handler: MessageHandler): void {
    const { pubsub = this.#options.pubsub, ...topicOptions } = (handler.extras ?? {}) as MechaEventExtras;
    if (pubsub === undefined)
      throw new MechaError(
        "CONFIGURATION_INVALID",
        `no pub/sub component is named; give MechaServer a "pubsub", or the decorator { pubsub: "…" }`,
        { operation: "nest.start" },
      );
    host.onTopic(pubsub, topicOf(route), (event) => this.#take(route, handler, event), topicOptions);
  }

  async #take(route: string, handler: MessageHandler, event: TopicEvent): Promise<EventOutcome> {
    const context = new MechaContext([event, route]);
    const packet = await this.deserializer.deserialize({ pattern: route, data: event.data }, { channel: event.topic });
    try {
      await this.#process(context, async (end) => {
        const result: unknown = await handler(packet.data, context);
        // Nest looks at neither value nor failure of an event's stream; here they decide what becomes of the event.
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
        end();
      });
    } catch (thrown) {
      if (context.outcome === "drop" || isDrop(thrown)) return "drop";
      throw toError(thrown);
    }
    return context.outcome;
  }

  async #answer(route: string, handler: MessageHandler, invocation: Invocation): Promise<InvocationReply> {
    const context = new MechaContext([invocation, route]);
    const packet = await this.deserializer.deserialize(
      { pattern: route, data: receivedValue(invocation), id: "" },
      { channel: route },
    );
    let values!: Observable<unknown>;
    await this.#process(context, async (end) => {
      values = this.transformToObservable(await handler(packet.data, context)).pipe(finalize(end));
    });
    const { signal } = invocation;
    if (invocation.headers[packetsHeader] === undefined) return plainReply(values, signal);
    return new InvocationReply(this.#packets(values, signal), { contentType: packetsType });
  }

  async *#packets(values: Observable<unknown>, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const write = (packet: Packet): Buffer => writePacket(this.serializer.serialize({ ...packet, id: "" }) as Packet);
    try {
      for await (const response of replyValues(values, signal)) yield write({ response });
    } catch (err) {
      yield write({ err });
      return;
    }
    yield write({ isDisposed: true });
  }

  /** Runs between Nest's hooks; `end` may be called later than `run` ends, and counts once. */
  #process(context: MechaContext, run: (end: () => void) => Promise<void>): Promise<void> {
    // The first releases of Nest 11 have none.
    const start = this.onProcessingStartHook as typeof this.onProcessingStartHook | undefined;
    if (start === undefined) return run(() => undefined);
    let isOver = false;
    const end = (): void => {
      const finish = this.onProcessingEndHook as typeof this.onProcessingEndHook | undefined;
      if (!isOver) finish?.(mechaTransport, context);
      isOver = true;
    };
    return new Promise((resolve, reject) => {
      start(mechaTransport, context, () =>
        run(end).then(resolve, (thrown: unknown) => {
          end();
          reject(toError(thrown));
        }),
      );
    });
  }
}

/** Nest keeps no class of a pattern's method; the pattern says where to look. */
function namingPattern(thrown: unknown, decorator: string, route: string): MechaError {
  const { code, message } = MechaError.from(thrown);
  return new MechaError(code, `${decorator}(${JSON.stringify(route)}): ${message}`, {
    cause: thrown,
    operation: "nest.start",
  });
}

/** What a caller gets that asked for no packets: the last value, or the error with status 500. */
async function plainReply(values: Observable<unknown>, signal: AbortSignal): Promise<InvocationReply> {
  let last: unknown;
  try {
    for await (const value of replyValues(values, signal)) last = value;
  } catch (thrown) {
    return new InvocationReply(thrown instanceof Error ? { status: "error", message: thrown.message } : thrown, {
      status: 500,
    });
  }
  return new InvocationReply(last);
}

/** Also where a filter of Nest threw it, which passes on what an `RpcException` was made of. */
function isDrop(thrown: unknown): boolean {
  return DropEvent.is(thrown) || (MechaError.is(thrown) && DropEvent.is(thrown.cause));
}

/** Exception filters of Nest make errors that are plain objects. */
function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  const { message } = (thrown ?? {}) as { readonly message?: unknown };
  return new MechaError("INTERNAL", typeof message === "string" ? message : String(thrown), { cause: thrown });
}
