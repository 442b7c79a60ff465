import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CircuitBreaker } from "./circuit-breaker.js";
import type { BreakerSpec } from "./policy-spec.js";
import { silentLogger } from "../../test/silent-logger.js";
import { tripsByDefault } from "./trip-rule.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const spec: BreakerSpec = {
  name: "b",
  maxRequests: 1,
  intervalMs: 0,
  timeoutMs: 1_000,
  trips: ({ consecutiveFailures }) => consecutiveFailures >= 2,
};
const fails = (): Promise<never> => Promise.reject(new Error("down"));
const works = (): Promise<string> => Promise.resolve("up");

function breakerOf(changes: Partial<BreakerSpec> = {}): CircuitBreaker {
  return new CircuitBreaker("b", { ...spec, ...changes }, silentLogger);
}

async function failTwice(breaker: CircuitBreaker): Promise<void> {
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  await expect(breaker.execute(fails)).rejects.toThrow("down");
}

test("a breaker opens when its rule says so, and makes no call until its time is over", async () => {
  const breaker = breakerOf();
  await failTwice(breaker);
  expect(breaker.state).toBe("open");
  const call = vi.fn(works);
  await expect(breaker.execute(call)).rejects.toMatchObject({ code: "UNKNOWN", message: "circuit breaker is open" });
  expect(call).not.toHaveBeenCalled();

  vi.advanceTimersByTime(1_001);
  expect(breaker.state).toBe("half-open");
  await expect(breaker.execute(call)).resolves.toBe("up");
  expect(breaker.state).toBe("closed");
});

test("a half-open breaker opens again with the first failure", async () => {
  const breaker = breakerOf();
  await failTwice(breaker);
  vi.advanceTimersByTime(1_001);
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  expect(breaker.state).toBe("open");
});

test("a half-open breaker lets as many calls through as it is told, and closes when all have succeeded", async () => {
  const breaker = breakerOf({ maxRequests: 2 });
  await failTwice(breaker);
  vi.advanceTimersByTime(1_001);
  let answer = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (answer = resolve));
  const first = breaker.execute(() => waiting);
  const second = breaker.execute(() => waiting);
  await expect(breaker.execute(works)).rejects.toMatchObject({ code: "UNKNOWN", message: "too many requests" });
  answer();
  await Promise.all([first, second]);
  expect(breaker.state).toBe("closed");
});

test("a closed breaker with an interval counts anew after it", async () => {
  const breaker = breakerOf({ intervalMs: 500 });
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  vi.advanceTimersByTime(501);
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  expect(breaker.state).toBe("closed");
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  expect(breaker.state).toBe("open");
});

test("what began before a breaker changed does not count", async () => {
  const breaker = breakerOf();
  let fail = (): void => undefined;
  const slow = breaker.execute(() => new Promise<never>((_, reject) => (fail = () => reject(new Error("late")))));
  await failTwice(breaker);
  vi.advanceTimersByTime(1_001);
  await breaker.execute(works);
  fail();
  await expect(slow).rejects.toThrow("late");
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  expect(breaker.state).toBe("closed");
});

test("without a rule, a breaker opens with the sixth failure in a row", async () => {
  const breaker = breakerOf({ trips: tripsByDefault });
  for (let call = 1; call <= 5; call++) await expect(breaker.execute(fails)).rejects.toThrow("down");
  expect(breaker.state).toBe("closed");
  await expect(breaker.execute(fails)).rejects.toThrow("down");
  expect(breaker.state).toBe("open");
});
