import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backOff } from "./back-off.js";
import type { RetrySpec } from "./policy-spec.js";

const spec: RetrySpec = {
  policy: "constant",
  durationMs: 250,
  maxIntervalMs: 60_000,
  maxRetries: -1,
  matching: { http: undefined, grpc: undefined },
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a constant policy pauses the same time before each of its retries", () => {
  const pauses = backOff({ ...spec, maxRetries: 2 });
  expect([pauses.next(), pauses.next(), pauses.next()]).toEqual([250, 250, undefined]);
});

test("no retries at all are no pause", () => {
  expect(backOff({ ...spec, maxRetries: 0 }).next()).toBeUndefined();
});

test("exponential pauses grow to their bound and vary by half", () => {
  for (let round = 0; round < 50; round++) {
    const pauses = backOff({ ...spec, policy: "exponential", maxIntervalMs: 2_000 });
    const first = pauses.next() ?? 0;
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThanOrEqual(750);
    for (let retry = 2; retry < 20; retry++) pauses.next();
    const late = pauses.next() ?? 0;
    expect(late).toBeGreaterThanOrEqual(1_000);
    expect(late).toBeLessThanOrEqual(3_000);
  }
});

test("exponential pauses end after a quarter of an hour", () => {
  const pauses = backOff({ ...spec, policy: "exponential" });
  expect(pauses.next()).toBeDefined();
  vi.advanceTimersByTime(15 * 60_000);
  expect(pauses.next()).toBeUndefined();
});
