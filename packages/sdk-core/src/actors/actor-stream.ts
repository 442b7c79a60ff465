import { setTimeout as delay } from "node:timers/promises";
import { grpcStatusOf, MechaError } from "@mecha/spec";
import type { ActorChannel } from "../app/actor-channel.js";
import type {
  SubscribeActorEventsRequestAlpha1,
  SubscribeActorEventsResponseAlpha1,
} from "../generated/dapr/proto/runtime/v1/actors.js";
import type { Any } from "../generated/google/protobuf/any.js";
import { actorsMethods } from "../generated/methods/actors.js";
import { PushQueue } from "../stream/push-queue.js";
import { reopenWithBackoff } from "../stream/reopen-with-backoff.js";
import type { CallContext } from "../transport/handler.js";
import type { Transport } from "../transport/transport.js";
import { toActorFailure } from "./actor-failure.js";
import { payloadBytes } from "./event-payload.js";
import { isHosting } from "./is-hosting.js";

/** The actors that a stream is for. */
export interface StreamedActors extends ActorChannel {
  /** Takes no new turns; resolves when those under way are over. */
  drain(): Promise<void>;
  /** Lets all actors go, because the runtime no longer knows that they are here. */
  release(): Promise<void>;
}

/** Hears of the troubles of an actor stream. */
export interface ActorStreamOptions {
  /** Called when the stream broke (it is being reopened), or ended for good (`fatal`). */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** A running actor stream. */
export interface ActorStream {
  /** Resolves once calls arrive, or the stream was closed; rejects if the runtime refuses it. */
  readonly ready: Promise<void>;
  /** Resolves when the stream is over; rejects if it ended for good by an error. */
  readonly ended: Promise<void>;
  /**
   * Takes no new calls, waits for those under way and their answers, then ends, and lets all actors go. Idempotent.
   *
   * @param giveUp - when it resolves, calls under way have had their time: they fail, and their changes are not saved
   */
  close(giveUp?: Promise<void>): Promise<void>;
}

type ActorEvent = Exclude<
  NonNullable<SubscribeActorEventsResponseAlpha1["responseType"]>,
  { readonly $case: "initialResponse" }
>;
type ActorAnswer = NonNullable<SubscribeActorEventsRequestAlpha1["requestType"]>;

/** How long a runtime has for reading the last answers before the stream is cut, in milliseconds. */
const lastAnswersMs = 200;

/** Why a life is ended whose types the sidecar forgot again, because an older stream of ours ended late. */
const forgotten = Symbol("forgotten");

/** How late an older stream may end after the new one began, in milliseconds; then it is looked again whether that was forgotten. */
const lateEndMs = 5_000;

/** How often in a row a stream may be forgotten before that is an error. */
const mostTimesForgotten = 4;

/**
 * Hosts actors over a stream to the runtime (SubscribeActorEventsAlpha1), which needs no port of the app.
 *
 * A stream that breaks is reopened with a growing pause. What was under way then has failed for its callers: what has not
 * begun is not begun, changes of state are not saved, and the actors are let go before others can be active elsewhere.
 *
 * daprd sends the calls of all types to the stream that was opened last, so an app has one of them.
 */
export function openActorStream(
  transport: Transport,
  actors: StreamedActors,
  options: ActorStreamOptions = {},
): ActorStream {
  const hosting = new HostingStream(transport, actors, options);
  return { ready: hosting.ready, ended: hosting.ended, close: (giveUp) => hosting.close(giveUp) };
}

class HostingStream implements ActorStream {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly #transport: Transport;
  readonly #actors: StreamedActors;
  readonly #stopping = new AbortController();
  /** Ends the call, if the other side does not. */
  readonly #hangingUp = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #answers = new PushQueue<SubscribeActorEventsRequestAlpha1>();
  #markReady: () => void = () => undefined;
  /** Whether the runtime has taken the stream that there is. */
  #isOpen = false;
  #timesForgotten = 0;
  #closing: Promise<void> | undefined;

  constructor(transport: Transport, actors: StreamedActors, { onError }: ActorStreamOptions) {
    this.#transport = transport;
    this.#actors = actors;
    const opened = new Promise<void>((resolve) => {
      this.#markReady = resolve;
    });
    this.ended = reopenWithBackoff((markOpen) => this.#live(markOpen), {
      signal: this.#stopping.signal,
      attempt: `Hosting actors of type ${actors.types.map((type) => `"${type}"`).join(", ")} failed`,
      // A listener that throws is an uncaught exception, as with any other callback, and does not end the stream.
      onError: (error, fatal) => {
        queueMicrotask(() => onError?.(error, fatal));
      },
    });
    this.ready = Promise.race([opened, this.ended]);
    // Who does not await these hears of errors through `onError`.
    this.ready.catch(() => undefined);
    this.ended.catch(() => undefined);
  }

  close(giveUp = new Promise<void>(() => undefined)): Promise<void> {
    this.#closing ??= this.#shutDown(giveUp);
    return this.#closing;
  }

  async #shutDown(giveUp: Promise<void>): Promise<void> {
    this.#stopping.abort();
    // Nothing to wait for where the runtime has not answered yet.
    if (!this.#isOpen) this.#hangingUp.abort();
    const drained = this.#actors.drain().then(() => Promise.all(this.#underWay));
    await Promise.race([drained, giveUp]);
    this.#answers.end();
    // daprd reads what was sent, but does not end its side as long as it has actors here.
    const timer = setTimeout(() => {
      this.#hangingUp.abort();
    }, lastAnswersMs);
    await this.ended.catch(() => undefined);
    clearTimeout(timer);
    await Promise.race([this.#actors.release(), giveUp]);
  }

  /** One life of the stream. Returns when the stream ends in order. */
  async #live(markOpen: () => void): Promise<void> {
    const answers = new PushQueue<SubscribeActorEventsRequestAlpha1>();
    this.#answers = answers;
    const life = new AbortController();
    const context = streamContext(life.signal);
    const hangUp = (): void => {
      life.abort();
    };
    this.#hangingUp.signal.addEventListener("abort", hangUp);
    answers.push({ requestType: { $case: "initialRequest", value: this.#actors.config } });
    const options = { signal: life.signal, subject: { operation: "actors.host" } };
    try {
      for await (const { responseType } of this.#transport.stream(
        actorsMethods.subscribeActorEventsAlpha1,
        answers,
        options,
      )) {
        if (responseType?.$case === "initialResponse") void this.#open(life, markOpen);
        else if (responseType !== undefined) this.#handle(responseType, context, answers);
      }
    } catch (error) {
      const reason: unknown = life.signal.reason;
      // The next stream takes the place of one that was forgotten; of that, nobody needs to hear.
      if (reason === forgotten && ++this.#timesForgotten < mostTimesForgotten) return;
      throw reason === forgotten ? this.#unknownTypes() : MechaError.is(reason) ? reason : explained(error);
    } finally {
      this.#hangingUp.signal.removeEventListener("abort", hangUp);
      this.#isOpen = false;
      life.abort();
      answers.end();
      // Calls of the next life wait until those of this one are over, so no actor is active twice.
      void this.#actors.release();
    }
  }

  /** Takes the stream for open when the runtime not only has taken it, but hosts the actors. */
  async #open(life: AbortController, markOpen: () => void): Promise<void> {
    try {
      if (!(await isHosting(this.#transport, this.#actors.types))) life.abort(forgotten);
      if (life.signal.aborted) return;
      this.#timesForgotten = 0;
      this.#isOpen = true;
      markOpen();
      this.#markReady();
      await delay(lateEndMs, undefined, { signal: life.signal, ref: false });
      if (!(await isHosting(this.#transport, this.#actors.types))) life.abort(forgotten);
    } catch (error) {
      life.abort(error);
    }
  }

  #unknownTypes(): MechaError {
    const names = this.#actors.types.map((type) => `"${type}"`).join(", ");
    return new MechaError("UNAVAILABLE", `The sidecar does not host actors of type ${names}, although it was told to`, {
      operation: "actors.host",
    });
  }

  #handle(request: ActorEvent, context: CallContext, answers: PushQueue<SubscribeActorEventsRequestAlpha1>): void {
    const handling = answerTo(this.#actors, request, context).then((requestType) => {
      answers.push({ requestType });
    });
    this.#underWay.add(handling);
    void handling.finally(() => this.#underWay.delete(handling));
  }
}

/** Says what to do where the sidecar has no stream for actors, or none for an app that it calls over HTTP. */
function explained(thrown: unknown): unknown {
  if (!MechaError.is(thrown) || (thrown.code !== "UNIMPLEMENTED" && thrown.code !== "FAILED_PRECONDITION"))
    return thrown;
  return new MechaError(
    thrown.code,
    `The sidecar takes no actors over a stream (daprd does from 1.18 on, unless its app protocol is http): ${thrown.message}. Host them over HTTP: mount host.router() in the server at the sidecar's --app-port`,
    { cause: thrown, operation: "actors.host" },
  );
}

/** What a handler hears of a call on the stream, which knows of neither deadlines nor callers that give up. */
function streamContext(signal: AbortSignal): CallContext {
  const ignore = (): void => undefined;
  return { metadata: {}, signal, peer: "actor stream", setHeader: ignore, setTrailer: ignore };
}

async function answerTo(actors: ActorChannel, event: ActorEvent, context: CallContext): Promise<ActorAnswer> {
  const { id } = event.value;
  try {
    return await handle(actors, event, context);
  } catch (thrown) {
    const { isMissing, message } = toActorFailure(thrown);
    const code = grpcStatusOf(isMissing ? "NOT_FOUND" : "UNKNOWN");
    return { $case: "requestFailed", value: { id, code, message } };
  }
}

async function handle(actors: ActorChannel, event: ActorEvent, context: CallContext): Promise<ActorAnswer> {
  const { id } = event.value;
  switch (event.$case) {
    case "invokeRequest": {
      const metadata = lowerCased(event.value.metadata);
      const { data, metadata: headers, failed = false } = await actors.invoke({ ...event.value, metadata }, context);
      return { $case: "invokeResponse", value: { id, data: toBuffer(data), metadata: { ...headers }, error: failed } };
    }
    case "reminderRequest": {
      const { cancel = false } = await actors.reminder(withPayload(event.value), context);
      return { $case: "reminderResponse", value: { id, cancel } };
    }
    case "timerRequest": {
      const { cancel = false } = await actors.timer(withPayload(event.value), context);
      return { $case: "timerResponse", value: { id, cancel } };
    }
    case "deactivateRequest":
      await actors.deactivate(event.value, context);
      return { $case: "deactivateResponse", value: { id } };
  }
}

function withPayload<T extends { readonly data?: Any | undefined }>(event: T): T & { data: Uint8Array } {
  return { ...event, data: payloadBytes(event.data) };
}

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
