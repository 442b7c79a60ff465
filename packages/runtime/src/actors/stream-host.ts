import { PushQueue, type ActorChannel, type actors } from "@mecha/sdk-core/protocol";
import { hostLost, toldFailure } from "./app-failure.js";
import { toJsonPayload } from "./payload.js";

type Request = actors.SubscribeActorEventsRequestAlpha1;
type Response = actors.SubscribeActorEventsResponseAlpha1;
type Answer = NonNullable<Request["requestType"]>;
type Event = NonNullable<Response["responseType"]>;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** An app that hosts actors over a stream which it has opened: events go out, answers come in, told apart by ids. */
export class StreamHost implements ActorChannel {
  readonly types: readonly string[];
  readonly config: actors.SubscribeActorEventsRequestInitialAlpha1;
  /** What goes to the app. */
  readonly events = new PushQueue<Response>();
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;

  constructor(config: actors.SubscribeActorEventsRequestInitialAlpha1) {
    this.types = config.entities;
    this.config = config;
  }

  /** Takes an answer of the app; one that nobody waits for is dropped, as in daprd. */
  answer({ requestType }: Request): void {
    if (requestType === undefined || requestType.$case === "initialRequest") return;
    const { id } = requestType.value;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (requestType.$case === "requestFailed")
      pending?.reject(toldFailure(requestType.value.code, requestType.value.message));
    else pending?.resolve(requestType);
  }

  /** Ends the stream: no more events, and whoever waits for an answer is told. */
  end(): void {
    this.events.end();
    for (const { reject } of this.#pending.values()) reject(hostLost());
    this.#pending.clear();
  }

  readonly invoke: ActorChannel["invoke"] = async ({ actorType, actorId, method, data, metadata }) => {
    const answer = await this.#send((id) => ({
      $case: "invokeRequest",
      value: { id, actorType, actorId, method, data: toBuffer(data), metadata: { ...metadata } },
    }));
    if (answer.$case !== "invokeResponse") throw unexpected("invoke");
    return { data: answer.value.data, metadata: answer.value.metadata, failed: answer.value.error };
  };

  readonly timer: ActorChannel["timer"] = async ({ actorType, actorId, name, callback, dueTime, period, data }) => {
    const answer = await this.#send((id) => ({
      $case: "timerRequest",
      value: { id, actorType, actorId, name, callback, dueTime, period, data: toAny(data) },
    }));
    if (answer.$case !== "timerResponse") throw unexpected("timer");
    return { cancel: answer.value.cancel };
  };

  readonly reminder: ActorChannel["reminder"] = async ({ actorType, actorId, name, dueTime, period, data }) => {
    const answer = await this.#send((id) => ({
      $case: "reminderRequest",
      value: { id, actorType, actorId, name, dueTime, period, data: toAny(data) },
    }));
    if (answer.$case !== "reminderResponse") throw unexpected("reminder");
    return { cancel: answer.value.cancel };
  };

  readonly deactivate: ActorChannel["deactivate"] = async ({ actorType, actorId }) => {
    await this.#send((id) => ({ $case: "deactivateRequest", value: { id, actorType, actorId } }));
  };

  #send(event: (id: string) => Event): Promise<Answer> {
    const id = String(++this.#lastId);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      if (this.events.push({ responseType: event(id) })) return;
      this.#pending.delete(id);
      reject(hostLost());
    });
  }
}

function toAny(json: Uint8Array): ReturnType<typeof toJsonPayload> | undefined {
  return json.length === 0 ? undefined : toJsonPayload(json);
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unexpected(what: string): Error {
  return new Error(`actor host returned an unexpected response type for ${what}`);
}
