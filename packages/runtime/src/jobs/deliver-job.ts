import { appCallback, common, type AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import { isHostLost } from "../actors/app-failure.js";
import { backgroundContext } from "../actors/background-context.js";
import type { ScheduleEntry } from "../scheduling/schedule-entry.js";
import type { DeliveryOutcome } from "../scheduling/scheduler.js";

/** Takes a job that is due; throws `NOT_FOUND` if it has no handler for it. */
export type JobReceiver = NonNullable<AppChannel["job"]>;

/**
 * Brings a job to the first receiver that has a handler for it, as daprd does: one that no receiver knows counts as done, so
 * that it does not come for ever.
 */
export async function deliverJob(
  { target, data }: ScheduleEntry["registration"],
  receivers: readonly JobReceiver[],
  logger: ComponentLogger,
): Promise<DeliveryOutcome> {
  const request = appCallback.JobEventRequest.fromPartial({
    name: target.name,
    ...(data && { data: { typeUrl: data.typeUrl, value: Buffer.from(data.value) } }),
    method: `job/${target.name}`,
    contentType: data?.typeUrl ?? "",
    httpExtension: { verb: common.HTTPExtension_Verb.POST, querystring: "" },
  });
  let isUnknown = false;
  for (const receive of receivers) {
    try {
      await receive(request, backgroundContext);
      return "done";
    } catch (thrown) {
      const error = MechaError.from(thrown);
      // Its process ended in the middle of it: another one may take it.
      if (isHostLost(error)) continue;
      if (error.code === "NOT_FOUND") {
        isUnknown = true;
        continue;
      }
      logger.warn(`job "${target.name}" failed: ${error.message}`);
      return "failed";
    }
  }
  if (!isUnknown) return "undeliverable";
  logger.warn(`job "${target.name}" came, but the app has no handler for it; it counts as done`);
  return "done";
}
