import { MechaError, type ComponentLogger } from "@mecha/spec";
import type { ScheduleEntry } from "../scheduling/schedule-entry.js";
import type { DeliveryOutcome } from "../scheduling/scheduler.js";
import { actorPath } from "./actor-names.js";
import type { ActorTable } from "./actor-table.js";
import { isHostLost } from "./app-failure.js";
import { backgroundContext } from "./background-context.js";
import { payloadJson } from "./payload.js";

/** Brings a reminder to its actor, in a turn of its own. It waits as long as nobody hosts the type. */
export async function deliverReminder(
  { target, data }: ScheduleEntry["registration"],
  table: ActorTable,
  logger: ComponentLogger,
): Promise<DeliveryOutcome> {
  if (target.kind !== "reminder") return "undeliverable";
  const { actorType, actorId, name } = target;
  // As daprd, which keeps reminders in its scheduler, and leaves out what the app knows; SDKs could not read its "@every 1h0m0s".
  const event = { actorType, actorId, name, dueTime: "", period: "", data: payloadJson(data) };
  while (table.types.has(actorType)) {
    try {
      const { cancel } = await table.turn(event, {}, (host) => host.reminder(event, backgroundContext));
      return cancel === true ? "cancel" : "done";
    } catch (thrown) {
      // The app left in the middle of it: another one may have the type.
      if (isHostLost(thrown)) continue;
      const { reason, message } = MechaError.from(thrown);
      if (reason === "ERR_ACTOR_NO_ADDRESS" || reason === "ERR_ACTOR_RUNTIME_CLOSED") return "undeliverable";
      logger.warn(`reminder "${name}" of actor ${actorPath(target)} failed: ${message}`);
      return "failed";
    }
  }
  return "undeliverable";
}
