import type { ActorAddress } from "../app/actor-channel.js";
import type { FacadeContext } from "../facade-context.js";
import { actorsMethods } from "../generated/methods/actors.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import { actorName } from "./actor-address.js";
import { toDaprDuration, toDaprPeriod } from "./dapr-duration.js";
import { encodePayload } from "./event-payload.js";

/** When an event of an actor comes, and with what. */
export interface ActorScheduleOptions extends CallEnd {
  /** When it comes first, from now, in milliseconds. @defaultValue at once, or after the first period where there is one */
  readonly dueInMs?: number;
  /** How long between two of them, in milliseconds; whole seconds with `repetitions`. @defaultValue it comes once */
  readonly periodMs?: number;
  /** How often it comes; needs `periodMs`. @defaultValue for ever */
  readonly repetitions?: number;
  /** When it ends, from the first time, in milliseconds. @defaultValue never */
  readonly ttlMs?: number;
  /** A JSON value that comes with it. */
  readonly data?: unknown;
}

/** How to register a timer. */
export interface ActorTimerOptions extends ActorScheduleOptions {
  /** The method that it calls, with `data`. */
  readonly callback: string;
}

/** Timers of one actor: they end with its activation. */
export interface ActorTimers {
  /** Registers a timer, in place of one of the same name (RegisterActorTimer). */
  register(name: string, options: ActorTimerOptions): Promise<void>;
  /** Ends a timer; nothing happens if there is none (UnregisterActorTimer). */
  unregister(name: string, options?: CallEnd): Promise<void>;
}

/** Makes the timers of one actor. */
export function createActorTimers({ transport }: Pick<FacadeContext, "transport">, address: ActorAddress): ActorTimers {
  const component = address.actorType;
  return {
    async register(name, options) {
      const subject = { operation: "actors.registerTimer", component, idempotent: true };
      const request = {
        ...address,
        name,
        callback: options.callback,
        ...schedule(`timer "${name}"`, address, options),
      };
      await transport.unary(actorsMethods.registerActorTimer, request, callOf(subject, options));
    },
    async unregister(name, options) {
      const subject = { operation: "actors.unregisterTimer", component, idempotent: true };
      await transport.unary(actorsMethods.unregisterActorTimer, { ...address, name }, callOf(subject, options));
    },
  };
}

/** The fields of a registration that timers and reminders share. */
export function schedule(
  what: string,
  address: ActorAddress,
  { dueInMs, periodMs, repetitions, ttlMs, data }: ActorScheduleOptions,
): { dueTime: string; period: string; ttl: string; data: Buffer } {
  const of = `of ${what} of ${actorName(address)}`;
  return {
    dueTime: dueInMs === undefined ? "" : toDaprDuration(dueInMs, `The due time ${of}`),
    period: periodMs === undefined ? "" : toDaprPeriod(periodMs, repetitions, `The period ${of}`),
    ttl: ttlMs === undefined ? "" : toDaprDuration(ttlMs, `The time to live ${of}`),
    data: encodePayload(data, `The data ${of}`),
  };
}
