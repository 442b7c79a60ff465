import { MechaError } from "@mecha/spec";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silentLogger } from "../../test/silent-logger.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { Policy, type PolicyOptions } from "./policy.js";
import { PolicyReports, TargetReports, type PolicyReport } from "./policy-reports.js";
import type { RetrySpec } from "./policy-spec.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const twice: RetrySpec = {
  policy: "constant",
  durationMs: 100,
  maxIntervalMs: 60_000,
  maxRetries: 2,
  matching: { http: undefined, grpc: undefined },
};

function policyOf(options: Partial<PolicyOptions>): Policy {
  return new Policy("p", { logger: silentLogger, ...options });
}

/** A call that fails so many times, and counts how often it was made. */
function failing(times: number) {
  let made = 0;
  const call = vi.fn(() =>
    ++made <= times ? Promise.reject(new Error(`failure ${String(made)}`)) : Promise.resolve("done"),
  );
  return call;
}

/** Lets all timers of a call come. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  const settled = call.catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return settled;
}

test("a call that fails is made again until it succeeds", async () => {
  const call = failing(2);
  expect(await outcomeOf(policyOf({ retry: twice }).run(call))).toBe("done");
  expect(call).toHaveBeenCalledTimes(3);
});

test("what the last attempt threw is thrown when the retries are at their end", async () => {
  const call = failing(9);
  expect(await outcomeOf(policyOf({ retry: twice }).run(call))).toMatchObject({ message: "failure 3" });
  expect(call).toHaveBeenCalledTimes(3);
});

test("a failure whose status the policy does not match is not tried again", async () => {
  const matching = { http: [{ from: 500, to: 599 }], grpc: undefined };
  const policy = policyOf({ retry: { ...twice, matching } });
  const statuses = [503, 404, 503];
  let made = 0;
  const call = policy.run(
    () => Promise.reject(new MechaError("UNKNOWN", "no", { httpStatus: statuses[made++] ?? 0 })),
    {
      statusOf: (error) => (MechaError.is(error) ? error.httpStatus : undefined),
    },
  );
  expect(await outcomeOf(call)).toMatchObject({ httpStatus: 404 });
  expect(made).toBe(2);
});

test("each attempt has the timeout, and is told when it is over", async () => {
  const aborted: boolean[] = [];
  const policy = policyOf({ timeoutMs: 50, retry: { ...twice, maxRetries: 1 } });
  const call = policy.run(
    (signal) => new Promise(() => signal?.addEventListener("abort", () => aborted.push(signal.aborted))),
  );
  expect(await outcomeOf(call)).toMatchObject({ code: "DEADLINE_EXCEEDED", message: "context deadline exceeded" });
  expect(aborted).toEqual([true, true]);
});

test("what an attempt gave is not ended with it", async () => {
  let given: AbortSignal | undefined;
  const call = policyOf({ timeoutMs: 50 }).run((signal) => {
    given = signal;
    return Promise.resolve();
  });
  await outcomeOf(call);
  await vi.advanceTimersByTimeAsync(100);
  expect(given?.aborted).toBe(false);
});

test("a breaker that opens ends the retries", async () => {
  const spec = { name: "b", maxRequests: 1, intervalMs: 0, timeoutMs: 60_000, trips: () => true };
  const breaker = new CircuitBreaker("b", spec, silentLogger);
  const call = failing(9);
  expect(await outcomeOf(policyOf({ retry: { ...twice, maxRetries: 8 }, breaker }).run(call))).toMatchObject({
    message: "circuit breaker is open",
  });
  expect(call).toHaveBeenCalledTimes(1);
});

test("what policies do is reported: the first attempt that is too slow, each retry, each change of the breaker", async () => {
  const reports = new PolicyReports();
  const told: string[] = [];
  const hear = (verb: string) => (report: PolicyReport) =>
    void told.push([verb, report.policy, report.status].join(" "));
  reports.listener = { used: hear("used"), activated: hear("activated") };
  const breaker = new CircuitBreaker(
    "b",
    {
      ...{ name: "b", maxRequests: 1, intervalMs: 0, timeoutMs: 60_000 },
      trips: ({ consecutiveFailures }) => consecutiveFailures > 2,
    },
    silentLogger,
  );
  const target = new TargetReports(reports, { target: "app_shop", direction: "outbound" });
  const policy = policyOf({ timeoutMs: 10, retry: twice, breaker, reports: target });
  await outcomeOf(policy.run(() => new Promise(() => undefined)));
  expect(told).toEqual([
    ...["used timeout ", "used retry ", "used circuitbreaker closed", "activated timeout "],
    ...["activated retry ", "activated retry ", "activated circuitbreaker open"],
  ]);

  told.length = 0;
  await outcomeOf(policy.run(() => Promise.resolve("not called"), { isUseTold: true }));
  expect(told).toEqual([]);
});

test("a caller that gives up waits for no pause, and has no further attempt made", async () => {
  const caller = new AbortController();
  const call = failing(9);
  const policy = policyOf({ retry: { ...twice, durationMs: 3_600_000 } });
  const running = policy.run(call, { signal: caller.signal }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10);
  caller.abort(new MechaError("CANCELLED", "enough"));
  await vi.advanceTimersByTimeAsync(10);
  expect(await running).toMatchObject({ code: "CANCELLED" });
  expect(call).toHaveBeenCalledTimes(1);
});
