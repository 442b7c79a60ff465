import { describe, expect, it } from "vitest";
import { addPeriod, readPeriod, readPointInTime, toGoDuration } from "./dapr-time.js";

describe("times as Dapr writes them", () => {
  it("reads periods as Go writes them", () => {
    expect(readPeriod("1h30m")).toEqual({ years: 0, months: 0, days: 0, milliseconds: 5_400_000 });
    expect(readPeriod("-5s")).toEqual({ years: 0, months: 0, days: 0, milliseconds: -5_000 });
    for (const wrong of ["5", "1d", "1h 2m"]) expect(readPeriod(wrong)).toBeUndefined();
  });

  it("reads periods of ISO 8601, with a calendar's units and repetitions", () => {
    expect(readPeriod("R3/PT1M30S")).toEqual({ years: 0, months: 0, days: 0, milliseconds: 90_000, repeats: 3 });
    expect(readPeriod("P1Y2M1W3DT4H")).toEqual({ years: 1, months: 2, days: 10, milliseconds: 14_400_000 });
    expect(readPeriod("PT0.5S")).toBeUndefined();
    expect(readPeriod("P")).toBeUndefined();
    expect(readPeriod("soon")).toBeUndefined();
    expect(readPeriod("")).toBeUndefined();
  });

  it("counts months and years by the calendar", () => {
    const start = Date.UTC(2026, 0, 15, 12);
    expect(addPeriod(start, { years: 1, months: 1, days: 1, milliseconds: 1 })).toBe(
      Date.UTC(2027, 1, 16, 12, 0, 0, 1),
    );
  });

  it("reads points in time, absolute and from another", () => {
    expect(readPointInTime("2026-11-23T12:00:00.5Z", 0)).toBe(Date.UTC(2026, 10, 23, 12, 0, 0, 500));
    expect(readPointInTime("2026-11-23T12:00:00+01:00", 0)).toBe(Date.UTC(2026, 10, 23, 11));
    expect(readPointInTime("10s", 5)).toBe(10_005);
    expect(readPointInTime("PT10S", 5)).toBe(10_005);
    for (const wrong of ["R2/PT1S", "tomorrow", "2026-11-23", "2026-13-41T00:00:00Z"])
      expect(readPointInTime(wrong, 0)).toBeUndefined();
  });

  it("writes durations as Go does", () => {
    expect([0, 100, 1_000, 1_500, 60_000, 5_400_000].map(toGoDuration)).toEqual([
      "0s",
      "100ms",
      "1s",
      "1.5s",
      "1m0s",
      "1h30m0s",
    ]);
  });
});
