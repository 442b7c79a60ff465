import type { ActorReminders } from "./actor-reminders.js";
import type { ActorTimers } from "./actor-timers.js";

/** State of an actor as its methods see it. Changes are kept back until the turn has ended, then saved all at once. */
export interface ActorState {
  /** Reads a value, with the changes of this turn; `undefined` if there is none. Each read gives a value of its own. */
  get<T = unknown>(key: string): Promise<T | undefined>;
  /** Says whether there is a value. */
  contains(key: string): Promise<boolean>;
  /**
   * Sets a value: JSON as it is now, or bytes (read them with another client: `get` decodes JSON).
   *
   * @throws MechaError `INVALID_ARGUMENT` for a value that is no JSON.
   */
  set(key: string, value: unknown, options?: { readonly ttlSeconds?: number }): void;
  /** Removes a value; nothing happens if there is none. */
  remove(key: string): void;
  /** Saves the changes up to now, before the turn has ended: a failure after it does not take them back. */
  save(): Promise<void>;
}

/** What an actor knows of itself and asks of its runtime. */
export interface ActorContext {
  readonly type: string;
  readonly id: string;
  /** May be used only while the actor handles a call, timer or reminder, or is being activated. */
  readonly state: ActorState;
  readonly timers: ActorTimers;
  readonly reminders: ActorReminders;
  /** Fires when the actor is deactivated here, be it in the middle of a turn, whose changes are not saved then. */
  readonly signal: AbortSignal;
}

/** A reminder that an actor is reminded of. */
export interface ActorReminder<T = unknown> {
  readonly name: string;
  /** The payload of its registration. */
  readonly data: T;
}

/** What a host calls of an actor besides its methods, where the actor has it. Nobody else can call these. */
export interface ActorLifecycle {
  /** Called before the first call, in a turn of its own; a failure fails that call, and nothing stays of the actor. */
  onActivate?(): Promise<void> | void;
  /** Called after the last turn. State cannot be changed any more. */
  onDeactivate?(): Promise<void> | void;
  /**
   * Handles a reminder in a turn of its own; a failure leaves it in place, as its failure policy says. With `cancel` it does
   * not come again.
   */
  onReminder?(reminder: ActorReminder): Promise<"cancel" | void> | "cancel" | void;
}

/** A class of actors: each actor is an object of it, made by its first call. Its public methods can be called. */
export type ActorClass = new (context: ActorContext) => object;

/** How actors are made where a constructor does not do, for example by a container. */
export interface ActorFactory {
  /** Makes the object whose methods are the actor's. */
  create(context: ActorContext): object;
}

/** How a type of actors is hosted. */
export interface ActorOptions {
  /** Name of the type, for its callers. Never taken from the class, whose name a bundler may change. */
  readonly type: string;
  /** Names of the methods that can be called. @defaultValue all methods but those of {@link ActorLifecycle} */
  readonly methods?: readonly string[];
  /** After how long without a call an actor is deactivated, in milliseconds. @defaultValue the runtime's, daprd's is an hour */
  readonly idleTimeoutMs?: number;
  /**
   * How long a turn under way may take when its actor moves to another host, in milliseconds; `false` cuts it at once.
   *
   * @defaultValue the runtime's, daprd's is 2 seconds
   */
  readonly drainTimeoutMs?: number | false;
  /**
   * Whether an actor may be called again by those that it is waiting for, and how deep. Timers and reminders have no id that
   * daprd would tell, so a call back into their own actor waits until it times out.
   *
   * @defaultValue `false`; a depth of 32 for `true`
   */
  readonly reentrancy?: boolean | { readonly maxDepth: number };
}
