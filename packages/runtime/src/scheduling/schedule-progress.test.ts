import { describe, expect, it } from "vitest";
import type { Registration, ScheduleEntry } from "./schedule-entry.js";
import { afterFailure, afterSuccess, beginEntry } from "./schedule-progress.js";

const now = Date.UTC(2026, 10, 23, 12);
const job = (registration: Omit<Registration, "target">): Registration => ({
  target: { kind: "job", name: "j" },
  ...registration,
});

/** When an entry comes, in milliseconds from now, if each time ends so. */
function timesOf(registration: Registration, outcome: (entry: ScheduleEntry) => ScheduleEntry | undefined, most = 6) {
  const times: number[] = [];
  let entry = beginEntry(registration, now);
  while (entry !== undefined && times.length < most) {
    times.push(entry.nextMs - now);
    entry = outcome(entry);
  }
  return times;
}

describe("the progress of what is scheduled", () => {
  it("comes once at its due time", () => {
    expect(timesOf(job({ dueTime: "10s" }), afterSuccess)).toEqual([10_000]);
    expect(timesOf(job({ dueTime: "2026-11-23T12:00:01Z" }), afterSuccess)).toEqual([1_000]);
    expect(timesOf(job({ dueTime: "2020-01-01T00:00:00Z", repeats: 1 }), afterSuccess)).toHaveLength(1);
  });

  it("comes by its schedule, from now without a due time, else from that", () => {
    expect(timesOf(job({ schedule: "@every 1s" }), afterSuccess, 3)).toEqual([1_000, 2_000, 3_000]);
    expect(timesOf(job({ schedule: "@every 1s", dueTime: "5s" }), afterSuccess, 3)).toEqual([5_000, 6_000, 7_000]);
  });

  it("ends after its repeats, and at the end of its time", () => {
    expect(timesOf(job({ schedule: "@every 1s", repeats: 2 }), afterSuccess)).toEqual([1_000, 2_000]);
    expect(timesOf(job({ schedule: "@every 1s", ttl: "2500ms" }), afterSuccess)).toEqual([1_000, 2_000]);
    expect(timesOf(job({ schedule: "@every 1s", dueTime: "5s", ttl: "PT1S" }), afterSuccess)).toEqual([5_000, 6_000]);
    expect(beginEntry(job({ schedule: "@every 1h", ttl: "1s" }), now)).toBeUndefined();
  });

  it("comes again after a failure as often as its policy says, three times by default", () => {
    expect(timesOf(job({ dueTime: "0s" }), afterFailure)).toEqual([0, 1_000, 2_000, 3_000]);
    const constant = { kind: "constant", intervalMs: 10 } as const;
    expect(timesOf(job({ dueTime: "0s", failurePolicy: { ...constant, maxRetries: 1 } }), afterFailure)).toEqual([
      0, 10,
    ]);
    expect(timesOf(job({ dueTime: "0s", failurePolicy: constant }), afterFailure)).toHaveLength(6);
    expect(timesOf(job({ dueTime: "0s", failurePolicy: { kind: "drop" } }), afterFailure)).toEqual([0]);
  });

  it("keeps to its schedule whatever failed before", () => {
    const failurePolicy = { kind: "constant", intervalMs: 100, maxRetries: 1 } as const;
    expect(timesOf(job({ schedule: "@every 1s", failurePolicy }), afterFailure, 4)).toEqual([
      1_000, 1_100, 2_000, 2_100,
    ]);
  });

  it("refuses what never comes or says too little", () => {
    const wrong: readonly [Omit<Registration, "target">, RegExp][] = [
      [{}, /due time or a schedule/u],
      [{ dueTime: "soon" }, /due time format/u],
      [{ dueTime: "1s", repeats: 2 }, /schedule to repeat/u],
      [{ schedule: "@every 1s", repeats: 0 }, /greater than 0/u],
      [{ dueTime: "1s", ttl: "1s" }, /schedule to have a ttl/u],
      [{ schedule: "@every 1s", ttl: "for ever" }, /ttl format/u],
      [{ schedule: "@every 1s", dueTime: "5s", ttl: "2026-11-23T12:00:01Z" }, /greater than due time/u],
    ];
    for (const [registration, message] of wrong) expect(() => beginEntry(job(registration), now)).toThrow(message);
  });
});
