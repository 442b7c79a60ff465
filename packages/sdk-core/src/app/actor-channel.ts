import type { SubscribeActorEventsRequestInitialAlpha1 } from "../generated/dapr/proto/runtime/v1/actors.js";
import type { UnaryHandler } from "../transport/handler.js";
import type { Metadata } from "../transport/transport.js";

/** Which actor a call is for. */
export interface ActorAddress {
  readonly actorType: string;
  readonly actorId: string;
}

/** Somebody calls a method of an actor. */
export interface ActorInvocation extends ActorAddress {
  readonly method: string;
  readonly data: Uint8Array;
  /** What came with the call, in lower case: `content-type`, and `dapr-reentrancy-id` where the type is reentrant. */
  readonly metadata: Metadata;
}

/** What a method of an actor answered. */
export interface ActorReply {
  readonly data: Uint8Array;
  /** Headers for the caller, such as `content-type`. */
  readonly metadata: Metadata;
  /** The method failed and `data` says how: the caller gets it as it is. */
  readonly failed?: boolean;
}

/** A timer of an actor is due. */
export interface ActorTimerEvent extends ActorAddress {
  readonly name: string;
  /** The method that the timer calls. */
  readonly callback: string;
  /** As the timer was registered; empty if it had none. */
  readonly dueTime: string;
  readonly period: string;
  readonly data: Uint8Array;
}

/** A reminder of an actor is due. */
export type ActorReminderEvent = Omit<ActorTimerEvent, "callback">;

/** What follows from a timer or a reminder that was handled. */
export interface ActorScheduleReply {
  /** It shall not come again. */
  readonly cancel?: boolean;
}

/** The actors of an app, as a host of any kind (the actor stream, the HTTP server, the embedded runtime) calls them. */
export interface ActorChannel {
  /** The actor types that the app has. */
  readonly types: readonly string[];
  /** How the runtime is to treat them, in the form of the first message of the actor stream. */
  readonly config: SubscribeActorEventsRequestInitialAlpha1;
  /** Calls a method. Throws `NOT_FOUND` for a type or method that the app does not have. */
  readonly invoke: UnaryHandler<ActorInvocation, ActorReply>;
  /** Handles a timer; a rejection leaves it in place. */
  readonly timer: UnaryHandler<ActorTimerEvent, ActorScheduleReply>;
  /** Handles a reminder; a rejection leaves it in place. */
  readonly reminder: UnaryHandler<ActorReminderEvent, ActorScheduleReply>;
  /** Ends an actor that is no longer needed here; resolves when it has ended. */
  readonly deactivate: UnaryHandler<ActorAddress, void>;
}
