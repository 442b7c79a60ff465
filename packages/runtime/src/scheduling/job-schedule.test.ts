import { describe, expect, it } from "vitest";
import { readJobSchedule } from "./job-schedule.js";

const noon = Date.UTC(2026, 10, 23, 12);
const after = (schedule: string): string | undefined => {
  const next = readJobSchedule(schedule).next(noon);
  return next === undefined ? undefined : new Date(next).toISOString();
};

describe("the schedule of a job", () => {
  it("is cron with seconds first, in UTC", () => {
    expect(after("0 30 * * * *")).toBe("2026-11-23T12:30:00.000Z");
    expect(after("0 0 3 * * mon-fri")).toBe("2026-11-24T03:00:00.000Z");
    expect(after("5/20 * * * * ?")).toBe("2026-11-23T12:00:05.000Z");
    expect(after("0 0 0 13 * fri")).toBe("2026-11-27T00:00:00.000Z");
  });

  it("may name a time zone", () => {
    expect(after("CRON_TZ=Europe/Berlin 0 0 14 * * *")).toBe("2026-11-23T13:00:00.000Z");
    expect(after("TZ=Asia/Shanghai 0 0 14 * * *")).toBe("2026-11-24T06:00:00.000Z");
  });

  it("may be a period, or a name", () => {
    expect(after("@every 1h30m")).toBe("2026-11-23T13:30:00.000Z");
    expect(after("@every 100ms")).toBe("2026-11-23T12:00:00.100Z");
    expect(["@hourly", "@daily", "@weekly", "@monthly", "@yearly"].map(after)).toEqual([
      "2026-11-23T13:00:00.000Z",
      "2026-11-24T00:00:00.000Z",
      "2026-11-29T00:00:00.000Z",
      "2026-12-01T00:00:00.000Z",
      "2027-01-01T00:00:00.000Z",
    ]);
  });

  it("may never come", () => {
    expect(after("0 0 0 30 2 *")).toBeUndefined();
  });

  it("is refused if Dapr's scheduler would refuse it", () => {
    for (const wrong of [
      "now and then",
      "* * * * *",
      "0 0 0 L * *",
      "@every",
      "@every 0s",
      "@every soon",
      "@often",
      "",
    ])
      expect(() => readJobSchedule(wrong), wrong).toThrow();
    expect(() => readJobSchedule("TZ=Moon/Crater 0 0 0 * * *")).toThrow();
    expect(() => readJobSchedule("61 * * * * *")).toThrow();
  });
});
