import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deadEndpoint, mechaTo, stored, testSidecar } from "../../test/sidecar-fixture.js";
import { resolveCallSettings, type CallSettings } from "./call-settings.js";

const quick = { initialDelayMs: 1, maxDelayMs: 2 };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A sidecar whose first calls fail. */
async function failing(times: number, code: MechaErrorCode = "UNAVAILABLE", settings?: CallSettings) {
  let calls = 0;
  const answer = <T>(reply: T): Promise<T> =>
    ++calls <= times ? Promise.reject(new MechaError(code, `failure ${String(calls)}`)) : Promise.resolve(reply);
  const sidecar = await testSidecar({ getState: () => answer(stored(1)), saveState: () => answer({}) });
  return { mecha: sidecar.connect(settings), calls: () => calls, sidecar };
}

describe("retries", () => {
  it("are off unless they are asked for", async () => {
    const { mecha, calls } = await failing(1);
    await expect(mecha.state("s").get("a")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(calls()).toBe(1);
  });

  it("send a read again, and give its last error when all have failed", async () => {
    const { mecha, calls } = await failing(4, "UNAVAILABLE", { retry: { ...quick, maxRetries: 2 } });
    await expect(mecha.state("s").get("a")).rejects.toMatchObject({
      message: 'state.get on "s": failure 3',
      component: "s",
    });
    expect((await mecha.state("s").get("a"))?.value).toBe(1);
    expect(calls()).toBe(5);
  });

  it("are as many as DAPR_API_MAX_RETRIES says, -1 for no limit", async () => {
    vi.stubEnv("DAPR_API_MAX_RETRIES", "-1");
    const { mecha, calls } = await failing(9, "UNAVAILABLE", { retry: quick });
    expect((await mecha.state("s").get("a"))?.value).toBe(1);
    expect(calls()).toBe(10);
  });

  it("never send a write again that may have been done", async () => {
    const { mecha, calls } = await failing(1, "UNAVAILABLE", { retry: { ...quick, maxRetries: 3 } });
    await expect(mecha.state("s").save("a", 1, { concurrency: "first-write" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(calls()).toBe(1);
  });

  it("do not repeat a refusal", async () => {
    const { mecha, calls } = await failing(1, "INVALID_ARGUMENT", { retry: { ...quick, maxRetries: 3 } });
    await expect(mecha.state("s").get("a")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(calls()).toBe(1);
  });

  it("send any call again that never left, until the sidecar is there", async () => {
    const endpoint = await deadEndpoint();
    const mecha = mechaTo(endpoint, { retry: { ...quick, maxRetries: -1, maxDelayMs: 50 }, timeoutMs: 20_000 });
    const publishing = mecha.pubsub("p").publish("t", 1);
    // Its first attempt has failed by then: a second call on the same channel has.
    await expect(mechaTo(endpoint).pubsub("p").publish("t", 1)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    let published = 0;
    await testSidecar(
      { publishEvent: () => Promise.resolve((published++, {})) },
      { port: Number(endpoint.split(":")[1]) },
    );
    await publishing;
    expect(published).toBe(1);
  });

  it("end at once when the caller gives up, also in a pause", async () => {
    const { mecha, calls, sidecar } = await failing(9, "UNAVAILABLE", {
      retry: { maxRetries: 3, initialDelayMs: 60_000, maxDelayMs: 60_000 },
      timeoutMs: 0,
    });
    const stopping = new AbortController();
    const reading = mecha.state("s").get("a", { signal: stopping.signal });
    await expect.poll(calls).toBe(1);
    // By the time that another caller has been answered, the pause of the first one has begun.
    await expect(sidecar.connect().state("s").get("b")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    stopping.abort();
    await expect(reading).rejects.toMatchObject({ code: "CANCELLED", operation: "state.get" });
    expect(calls()).toBe(2);
  });

  it("stay within the deadline of the call", async () => {
    const { mecha, calls } = await failing(9, "UNAVAILABLE", { retry: { maxRetries: -1, initialDelayMs: 40 } });
    const started = performance.now();
    await expect(mecha.state("s").get("a", { timeoutMs: 300 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/) as unknown,
    });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(calls()).toBeGreaterThan(1);
  });
});

describe("a circuit breaker", () => {
  it("opens after failures in a row, for that component only, and closes when a call succeeds", async () => {
    const { mecha, calls } = await failing(3, "UNAVAILABLE", {
      circuitBreaker: { consecutiveFailures: 3, halfOpenAfterMs: 100 },
    });
    const get = (store: string) => mecha.state(store).get("a");
    for (let i = 1; i <= 3; i++) await expect(get("s")).rejects.toThrow(`failure ${String(i)}`);
    await expect(get("s")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining('The circuit to "s" is open') as unknown,
    });
    expect(calls()).toBe(3);
    expect((await get("other"))?.value).toBe(1);
    await expect
      .poll(() =>
        get("s").then(
          (found) => found?.value,
          () => undefined,
        ),
      )
      .toBe(1);
  });

  it("does not count refusals", async () => {
    const { mecha, calls } = await failing(5, "INVALID_ARGUMENT", { circuitBreaker: { consecutiveFailures: 1 } });
    for (let i = 1; i <= 5; i++)
      await mecha
        .state("s")
        .get("a")
        .catch(() => undefined);
    expect((await mecha.state("s").get("a"))?.value).toBe(1);
    expect(calls()).toBe(6);
  });
});

describe("the time a call may take", () => {
  it("ends a call that a sidecar does not answer, as DAPR_API_TIMEOUT_SECONDS says", async () => {
    vi.stubEnv("DAPR_API_TIMEOUT_SECONDS", "0.05");
    const sidecar = await testSidecar({ getState: () => new Promise(() => undefined) });
    await expect(sidecar.connect().state("s").get("a")).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      httpStatus: 504,
      component: "s",
    });
  });

  it("is what the call says, if it says so", async () => {
    const sidecar = await testSidecar({ getState: () => new Promise(() => undefined) });
    const mecha = sidecar.connect({ timeoutMs: 60_000 });
    await expect(mecha.state("s").get("a", { timeoutMs: 20 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  it("is 60 seconds with a sidecar, without end embedded, and 0 means for ever", () => {
    const timeoutOf = (settings: CallSettings, mode: "embedded" | "sidecar", environment = {}) =>
      resolveCallSettings(settings, mode, environment).timeoutMs;
    expect(timeoutOf({}, "sidecar")).toBe(60_000);
    expect(timeoutOf({}, "embedded")).toBe(Infinity);
    expect(timeoutOf({}, "embedded", { DAPR_API_TIMEOUT_SECONDS: "5" })).toBe(5_000);
    expect(timeoutOf({ timeoutMs: 7 }, "sidecar", { DAPR_API_TIMEOUT_SECONDS: "5" })).toBe(7);
    expect(timeoutOf({ timeoutMs: 0 }, "sidecar")).toBe(Infinity);
  });

  it.each([
    [{ DAPR_API_TIMEOUT_SECONDS: "soon" }, 'DAPR_API_TIMEOUT_SECONDS is "soon"'],
    [{ DAPR_API_MAX_RETRIES: "-2" }, 'DAPR_API_MAX_RETRIES is "-2"; it is a number that is not less than -1'],
  ])("refuses %o", (environment, message) => {
    expect(() => resolveCallSettings({}, "sidecar", environment)).toThrow(message);
  });
});
