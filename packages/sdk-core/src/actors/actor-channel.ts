import type { Metadata } from "../transport/transport.js";

/** How a runtime is to treat one actor type. What is absent is as the runtime has it. */
export interface ActorTypeConfig {
  /** Name of the type, as callers write it. */
  readonly type: string;
  /** After how long without a call an actor is deactivated, in milliseconds. */
  readonly idleTimeoutMs?: number;
  /** How long a call under way may take when its actor moves to another host, in milliseconds. */
  readonly drainTimeoutMs?: number;
  /** Whether calls under way are waited for when their actor moves. */
  readonly drainRebalanced?: boolean;
  /** How often an actor may be entered again by the calls that its own call makes; absent where it may not. */
  readonly reentrancyDepth?: number;
}

/** One call of a method of an actor. */
export interface ActorInvocation {
  readonly actorType: string;
  readonly actorId: string;
  readonly method: string;
  /** What the caller sent, as it came. */
  readonly data: Uint8Array;
  /** Headers of the caller; names may be of any case. */
  readonly metadata: Metadata;
}

/** What a method of an actor returned. */
export interface ActorReply {
  readonly data: Uint8Array;
  readonly contentType: string;
}

/** A reminder, or a timer, that is due. */
export interface ActorEvent {
  readonly actorType: string;
  readonly actorId: string;
  readonly name: string;
  /** As registered; empty if the runtime does not say. */
  readonly dueTime: string;
  /** As registered; empty for those that come once. */
  readonly period: string;
  /** The payload, decoded; `undefined` if there is none. */
  readonly data: unknown;
}

/** A timer that is due. */
export interface ActorTimerEvent extends ActorEvent {
  /** The method to call. */
  readonly callback: string;
}

/**
 * What a runtime calls in an app that hosts actors, whichever way the calls come (stream, HTTP, in-process).
 *
 * Members reject with `MechaError`: `NOT_FOUND` for a type or method that is not there, `UNAVAILABLE` while closing, and
 * what the actor itself threw.
 */
export interface ActorChannel {
  /** The types that are hosted. */
  readonly types: readonly ActorTypeConfig[];
  /** Calls a method, in a turn of the actor; the first call activates the actor. */
  invoke(invocation: ActorInvocation): Promise<ActorReply>;
  /** Delivers a reminder, in a turn of the actor. */
  remind(event: ActorEvent): Promise<void>;
  /** Delivers a timer, in a turn of the actor. */
  fireTimer(event: ActorTimerEvent): Promise<void>;
  /** Lets an actor go, after its turns under way; nothing happens for one that is not active. */
  deactivate(actorType: string, actorId: string): Promise<void>;
}
