import type { actors, Empty, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { toGoDuration, readPeriod } from "../scheduling/dapr-time.js";
import { toFailurePolicy } from "../scheduling/failure-policy-message.js";
import type { Registration, ScheduleEntry, ScheduleTarget } from "../scheduling/schedule-entry.js";
import type { Scheduler } from "../scheduling/scheduler.js";
import { actorError, actorErrorFrom } from "./actor-errors.js";
import { checkName, refuseReserved } from "./actor-names.js";
import type { ActorTypes } from "./actor-types.js";
import { toPayload } from "./payload.js";

/** What reminders need. */
export interface ActorRemindersContext {
  readonly scheduler: Scheduler;
  readonly types: ActorTypes;
}

/** Dapr's RegisterActorReminder: a reminder takes the place of one of the same name, unless `overwrite` is `false`. */
export function registerActorReminder(
  context: ActorRemindersContext,
): UnaryHandler<actors.RegisterActorReminderRequest, Empty> {
  return async (request, { metadata }) => {
    const { actorType, actorId, name, overwrite = true } = request;
    refuseReserved(actorType);
    if (name === "") throw new MechaError("INVALID_ARGUMENT", "reminder name cannot be empty", { httpStatus: 400 });
    checkName(name, "reminder name");
    requireHosted(context, actorType);
    try {
      const target = { kind: "reminder", actorType, actorId, name } as const;
      const payload = toPayload(request.data, metadata);
      const registration = { ...toRegistration(target, request), ...(payload && { data: payload }) };
      await context.scheduler.register(registration, overwrite);
    } catch (thrown) {
      if (MechaError.is(thrown) && thrown.code === "ALREADY_EXISTS")
        throw actorError("reminderExists", `actor reminder already exists: ${name}`);
      throw actorErrorFrom("reminderCreate", "error creating actor reminder", thrown);
    }
    return {};
  };
}

/** Dapr's UnregisterActorReminder; nothing happens if there is none. */
export function unregisterActorReminder(
  context: ActorRemindersContext,
): UnaryHandler<actors.UnregisterActorReminderRequest, Empty> {
  return async ({ actorType, actorId, name }) => {
    refuseReserved(actorType);
    requireHosted(context, actorType);
    try {
      await context.scheduler.remove({ kind: "reminder", actorType, actorId, name });
    } catch (thrown) {
      throw actorErrorFrom("reminderDelete", "error deleting actor reminder", thrown);
    }
    return {};
  };
}

/** Dapr's UnregisterActorRemindersByType: those of one actor, or of all actors of a type. */
export function unregisterActorRemindersByType(
  context: ActorRemindersContext,
): UnaryHandler<actors.UnregisterActorRemindersByTypeRequest, actors.UnregisterActorRemindersByTypeResponse> {
  return async ({ actorType, actorId }) => {
    refuseReserved(actorType);
    requireHosted(context, actorType);
    try {
      await context.scheduler.removeAll(remindersOf(actorType, actorId));
    } catch (thrown) {
      throw actorErrorFrom("reminderDelete", "error deleting actor reminder", thrown);
    }
    return {};
  };
}

/** Dapr's GetActorReminder. */
export function getActorReminder(
  context: ActorRemindersContext,
): UnaryHandler<actors.GetActorReminderRequest, actors.GetActorReminderResponse> {
  return async ({ actorType, actorId, name }) => {
    refuseReserved(actorType);
    requireHosted(context, actorType);
    const entry = context.scheduler.get({ kind: "reminder", actorType, actorId, name });
    if (entry === undefined) throw actorError("reminderNotFound", `actor reminder not found: ${name}`);
    return toReminder({ actorType, actorId }, entry);
  };
}

/** Dapr's ListActorReminders: those of one actor, or of all actors of a type. */
export function listActorReminders(
  context: ActorRemindersContext,
): UnaryHandler<actors.ListActorRemindersRequest, actors.ListActorRemindersResponse> {
  return async ({ actorType, actorId }) => {
    refuseReserved(actorType);
    requireHosted(context, actorType);
    const entries = context.scheduler.list(remindersOf(actorType, actorId === "" ? undefined : actorId));
    return {
      reminders: entries.flatMap((entry) => {
        const { target } = entry.registration;
        return target.kind === "reminder" ? [{ name: target.name, reminder: toReminder(target, entry) }] : [];
      }),
    };
  };
}

function requireHosted({ types }: ActorRemindersContext, actorType: string): void {
  if (types.has(actorType)) return;
  throw actorError("reminderNotHosted", "operations on actor reminders are only possible on hosted actor types", {
    component: actorType,
  });
}

function remindersOf(actorType: string, actorId: string | undefined): (target: ScheduleTarget) => boolean {
  return (target) =>
    target.kind === "reminder" &&
    target.actorType === actorType &&
    (actorId === undefined || target.actorId === actorId);
}

function toRegistration(
  target: ScheduleTarget,
  { dueTime, period, ttl, failurePolicy }: actors.RegisterActorReminderRequest,
): Registration {
  const policy = toFailurePolicy(failurePolicy);
  return {
    target,
    ...(dueTime !== "" && { dueTime }),
    ...(period !== "" && toSchedule(period)),
    ...(ttl !== "" && { ttl }),
    ...(policy && { failurePolicy: policy }),
  };
}

/** A period as Dapr's scheduler takes it, which knows no months: their length depends on the date. */
function toSchedule(text: string): Pick<Registration, "schedule" | "repeats"> {
  const period = readPeriod(text);
  if (period === undefined || period.years > 0 || period.months > 0 || period.days > 0)
    throw new Error(`unsupported period format: ${text}`);
  const { milliseconds, repeats = 0 } = period;
  return { schedule: `@every ${toGoDuration(milliseconds)}`, ...(repeats > 0 && { repeats }) };
}

function toReminder(
  { actorType, actorId }: { readonly actorType: string; readonly actorId: string },
  { registration: { dueTime, schedule, data }, expiresAtMs }: ScheduleEntry,
): actors.ActorReminder {
  return {
    actorType,
    actorId,
    dueTime,
    period: schedule,
    ttl: expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString(),
    data: data && { typeUrl: data.typeUrl, value: Buffer.from(data.value) },
  };
}
