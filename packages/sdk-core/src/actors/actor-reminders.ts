import { MechaError } from "@mecha/spec";
import type { ActorAddress } from "../app/actor-channel.js";
import type { FacadeContext } from "../facade-context.js";
import type { JobFailurePolicy } from "../generated/dapr/proto/common/v1/common.js";
import type { ActorReminder as ReminderMessage } from "../generated/dapr/proto/runtime/v1/actors.js";
import { actorsMethods } from "../generated/methods/actors.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import { type ActorScheduleOptions, schedule } from "./actor-timers.js";
import { fromDaprDuration, toProtoDuration } from "./dapr-duration.js";
import { decodePayload, payloadBytes } from "./event-payload.js";

/** What becomes of a reminder whose actor failed: it is dropped, or comes again. */
export type ActorReminderFailurePolicy =
  | "drop"
  | {
      /** How long until it comes again, in milliseconds. */
      readonly retryAfterMs: number;
      /** How often it comes again. @defaultValue until it is handled */
      readonly maxRetries?: number;
    };

/** How to register a reminder. */
export interface ActorReminderOptions extends ActorScheduleOptions {
  /** Whether it takes the place of one of the same name. @defaultValue `true` */
  readonly overwrite?: boolean;
  /** @defaultValue as the runtime has it: daprd delivers it three more times, a second apart */
  readonly failurePolicy?: ActorReminderFailurePolicy;
}

/** A reminder that is registered. */
export interface RegisteredReminder {
  readonly actorType: string;
  readonly actorId: string;
  readonly name: string;
  /** When it comes first, as the runtime keeps it (daprd: a duration or an RFC 3339 time); `undefined` if it does not say. */
  readonly dueTime: string | undefined;
  /** How long between two of them, in milliseconds; `undefined` for one that comes once. */
  readonly periodMs: number | undefined;
  /** When it ends; `undefined` if it does not, or the runtime does not say. */
  readonly expiresAt: Date | undefined;
  /** Its payload; `undefined` if there is none. */
  readonly data: unknown;
}

/** Reminders of one actor: they outlive its activation, its host, and the runtime. */
export interface ActorReminders {
  /**
   * Registers a reminder (RegisterActorReminder).
   *
   * @throws MechaError `ALREADY_EXISTS` if there is one of that name and `overwrite` is `false`; `PERMISSION_DENIED` if the app that
   * asks does not host the type, which daprd wants for all of these.
   */
  register(name: string, options: ActorReminderOptions): Promise<void>;
  /** Ends a reminder (UnregisterActorReminder). */
  unregister(name: string, options?: CallEnd): Promise<void>;
  /** Ends all reminders of the actor (UnregisterActorRemindersByType). */
  unregisterAll(options?: CallEnd): Promise<void>;
  /** Reads a reminder; `undefined` if there is none (GetActorReminder). */
  get(name: string, options?: CallEnd): Promise<RegisteredReminder | undefined>;
  /** The reminders of the actor (ListActorReminders). */
  list(options?: CallEnd): Promise<readonly RegisteredReminder[]>;
}

/** All reminders of the actors of one type. */
export interface ActorTypeReminders {
  /** The reminders of all actors of the type (ListActorReminders). */
  list(options?: CallEnd): Promise<readonly RegisteredReminder[]>;
  /** Ends the reminders of all actors of the type (UnregisterActorRemindersByType). */
  unregisterAll(options?: CallEnd): Promise<void>;
}

/** Makes the reminders of one actor. */
export function createActorReminders(context: Pick<FacadeContext, "transport">, address: ActorAddress): ActorReminders {
  const { transport } = context;
  const { actorType: component, actorId } = address;
  return {
    ...createTypeReminders(context, component, actorId),
    async register(name, options) {
      const { overwrite, failurePolicy } = options;
      const request = {
        ...address,
        name,
        ...schedule(`reminder "${name}"`, address, options),
        overwrite,
        failurePolicy: failurePolicy && toFailurePolicy(failurePolicy),
      };
      // Sent twice, a registration that does not overwrite would report the first one as somebody else's.
      const subject = { operation: "actors.registerReminder", component, idempotent: overwrite !== false };
      await transport.unary(actorsMethods.registerActorReminder, request, callOf(subject, options));
    },
    async unregister(name, options) {
      const subject = { operation: "actors.unregisterReminder", component, idempotent: true };
      await transport.unary(actorsMethods.unregisterActorReminder, { ...address, name }, callOf(subject, options));
    },
    async get(name, options) {
      const subject = { operation: "actors.getReminder", component, idempotent: true };
      try {
        const found = await transport.unary(
          actorsMethods.getActorReminder,
          { ...address, name },
          callOf(subject, options),
        );
        return toRegistered(name, found);
      } catch (thrown) {
        if (MechaError.is(thrown) && thrown.code === "NOT_FOUND") return undefined;
        throw thrown;
      }
    },
  };
}

/** Makes the reminders of a type, or of one actor of it. */
export function createTypeReminders(
  { transport }: Pick<FacadeContext, "transport">,
  actorType: string,
  actorId?: string,
): ActorTypeReminders {
  return {
    async list(options) {
      const subject = { operation: "actors.listReminders", component: actorType, idempotent: true };
      const { reminders } = await transport.unary(
        actorsMethods.listActorReminders,
        { actorType, actorId },
        callOf(subject, options),
      );
      return reminders.flatMap(({ name, reminder }) => (reminder ? [toRegistered(name, reminder)] : []));
    },
    async unregisterAll(options) {
      const subject = { operation: "actors.unregisterReminders", component: actorType, idempotent: true };
      await transport.unary(
        actorsMethods.unregisterActorRemindersByType,
        { actorType, actorId },
        callOf(subject, options),
      );
    },
  };
}

function toRegistered(name: string, message: ReminderMessage): RegisteredReminder {
  const { actorType, actorId, dueTime, period, ttl, data } = message;
  return {
    actorType,
    actorId,
    name,
    dueTime,
    periodMs: period === undefined ? undefined : fromDaprDuration(period),
    expiresAt: ttl === undefined ? undefined : new Date(ttl),
    data: decodePayload(payloadBytes(data)),
  };
}

function toFailurePolicy(policy: ActorReminderFailurePolicy): JobFailurePolicy {
  if (policy === "drop") return { policy: { $case: "drop", value: {} } };
  const { retryAfterMs, maxRetries } = policy;
  return { policy: { $case: "constant", value: { interval: toProtoDuration(retryAfterMs), maxRetries } } };
}
