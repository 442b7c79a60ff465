import { type ComponentDefinition, type InputBinding, MechaError, type Subscription } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";
import { parseSchedule, startSchedule } from "./cron/schedule.js";

/**
 * `bindings.cron`: calls the app by the clock, as in components-contrib 1.18. Input only.
 *
 * Metadata: `schedule`, five or six fields (the first of six counts seconds), `@hourly` and the like, or `@every 1h30m`; a
 * `CRON_TZ=Europe/Paris ` before the fields names the time zone. An event has no data; its metadata has `readTimeUTC` and
 * `timeZone`. A call that fails is not made again; a call that lasts does not hold up the next.
 */
export const component: ComponentDefinition<"bindings", InputBinding> = {
  type: "bindings.cron",
  async create(context) {
    const metadata = readMetadata(context);
    const text = metadata.requiredText("schedule");
    const schedule = parseSchedule(text);
    if (schedule === undefined) {
      throw metadata.invalid(
        "schedule",
        `is "${text}"; allowed: five or six fields such as "30 * * * *", @hourly, @daily, @weekly, @monthly, @yearly, or @every 10s`,
      );
    }
    const open = new Set<Subscription>();
    let isClosed = false;
    return {
      backend: "cron",
      async read(handler) {
        if (isClosed) throw new MechaError("UNAVAILABLE", `Binding "${context.name}" is closed`);
        const underWay = new Set<Promise<void>>();
        const stop = startSchedule(schedule, (now) => {
          const event = { data: new Uint8Array(), metadata: { timeZone: "Local", readTimeUTC: goTime(now) } };
          const call = handler(event).then(
            () => undefined,
            (error: unknown) => context.logger.warn(`the app did not take the event of the schedule: ${String(error)}`),
          );
          underWay.add(call);
          void call.then(() => underWay.delete(call));
        });
        let closing: Promise<void> | undefined;
        const subscription: Subscription = {
          close() {
            stop();
            open.delete(subscription);
            closing ??= Promise.all(underWay).then(() => undefined);
            return closing;
          },
        };
        open.add(subscription);
        return subscription;
      },
      async close() {
        isClosed = true;
        await Promise.all([...open].map((subscription) => subscription.close()));
      },
    };
  },
};

/** A time in UTC as Go prints it, which is what daprd's component sends. */
function goTime(time: Date): string {
  const [date = "", clock = ""] = time.toISOString().split("T");
  return `${date} ${clock.replace(/\.?0*Z$/, "")} +0000 UTC`;
}
