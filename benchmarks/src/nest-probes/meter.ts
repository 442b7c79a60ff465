import { say } from "../probes/probe-io.js";

/** How many events are taken before, and while it is measured. */
export interface EventCounts {
  readonly warmUpEvents: number;
  readonly measuredEvents: number;
}

/** Counts events: starts to measure when the code is warm, and tells events per second of CPU time when all were handled. */
export function createMeter({ warmUpEvents, measuredEvents }: EventCounts): (data: unknown) => void {
  let handled = 0;
  let cpuBefore = process.cpuUsage();
  return (data) => {
    if (typeof data !== "object" || data === null) throw new Error("an event without its data came");
    handled += 1;
    if (handled === warmUpEvents) cpuBefore = process.cpuUsage();
    if (handled !== warmUpEvents + measuredEvents) return;
    const { user, system } = process.cpuUsage(cpuBefore);
    say({ ops: (measuredEvents * 1e6) / (user + system) });
  };
}
