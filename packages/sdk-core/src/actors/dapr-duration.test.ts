import { expect, it } from "vitest";
import { fromDaprDuration, toDaprDuration, toDaprPeriod, toProtoDuration } from "./dapr-duration.js";

it("writes milliseconds as Go reads them", () => {
  expect(toDaprDuration(1500, "The due time")).toBe("1500ms");
  expect(toDaprDuration(0, "The due time")).toBe("0ms");
});

it("writes repetitions in ISO 8601, the only form that has them", () => {
  expect(toDaprPeriod(2000, 3, "The period")).toBe("R3/PT2S");
  expect(toDaprPeriod(250, undefined, "The period")).toBe("250ms");
});

it.each([
  [() => toDaprDuration(-1, "The due time"), "The due time is -1; pass a number of milliseconds, 0 or more"],
  [() => toDaprDuration(Number.NaN, "The due time"), "The due time is NaN"],
  [() => toDaprPeriod(0, undefined, "The period"), "The period is 0; leave it out for an event that comes once"],
  [() => toDaprPeriod(500, 3, "The period"), "with repetitions, Dapr takes whole seconds"],
  [() => toDaprPeriod(1000, 0, "The period"), "The period is to be repeated 0 times"],
])("refuses what Dapr could not read: %s", (write, message) => {
  expect(write).toThrow(message);
});

it.each([
  ["@every 1s", 1000],
  ["1m30s", 90_000],
  ["1h0m0.25s", 3_600_250],
  ["500ms", 500],
  ["10us", 0.01],
  ["R5/PT2S", 2000],
  ["P1DT2H", 93_600_000],
  ["P2W", 1_209_600_000],
  ["@monthly", undefined],
  ["P1Y", undefined],
])("reads %s as milliseconds", (text, milliseconds) => {
  expect(fromDaprDuration(text)).toBe(milliseconds);
});

it("splits milliseconds into protobuf's seconds and nanoseconds", () => {
  expect(toProtoDuration(2500)).toEqual({ seconds: 2n, nanos: 500_000_000 });
});
