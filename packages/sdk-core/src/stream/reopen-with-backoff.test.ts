import { MechaError } from "@mecha/spec";
import { afterEach, expect, it, vi } from "vitest";
import { growingPauseMs, reopenWithBackoff } from "./reopen-with-backoff.js";

const broken = (code: "UNAVAILABLE" | "INVALID_ARGUMENT") => new MechaError(code, "the stream broke");

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("begins a new life after an orderly end and after an error that may pass, and tells of the errors", async () => {
  const stopping = new AbortController();
  const heard: unknown[] = [];
  let lives = 0;
  const life = (): Promise<void> => {
    if (++lives === 3) stopping.abort();
    return lives === 2 ? Promise.reject(broken("UNAVAILABLE")) : Promise.resolve();
  };
  await reopenWithBackoff(life, {
    signal: stopping.signal,
    attempt: "reading",
    onError: (error, fatal) => heard.push([error.code, fatal]),
  });
  expect(lives).toBe(3);
  expect(heard).toEqual([["UNAVAILABLE", false]]);
});

it("gives up at a refusal, with the error", async () => {
  const heard: unknown[] = [];
  const reopening = reopenWithBackoff(() => Promise.reject(broken("INVALID_ARGUMENT")), {
    signal: new AbortController().signal,
    attempt: "reading",
    onError: (error, fatal) => heard.push([error.code, fatal]),
  });
  await expect(reopening).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(heard).toEqual([["INVALID_ARGUMENT", true]]);
});

it("says what was attempted when something foreign was thrown", async () => {
  const stopping = new AbortController();
  const heard: MechaError[] = [];
  await reopenWithBackoff(() => Promise.reject(new Error("odd")), {
    signal: stopping.signal,
    attempt: "Following the settings failed",
    onError: (error) => {
      heard.push(error);
      stopping.abort();
    },
  });
  expect(heard.map(({ message }) => message)).toEqual(["Following the settings failed: odd"]);
});

it("pauses longer after each failure, up to ten seconds, with half of it left to chance", () => {
  const random = vi.spyOn(Math, "random").mockReturnValue(1);
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 8, 2000].map(growingPauseMs);
  expect(longest).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
  random.mockReturnValue(0);
  expect(growingPauseMs(1)).toBe(100);
});

it("pauses shortly again after a good life, not after one that was refused late", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const stopping = new AbortController();
  const pauses: number[] = [];
  let lives = 0;
  await reopenWithBackoff(
    (opened) => {
      lives++;
      if (lives === 3) opened();
      if (lives >= 2) vi.advanceTimersByTime(5_001);
      if (lives === 5) stopping.abort();
      return Promise.reject(broken("UNAVAILABLE"));
    },
    { signal: stopping.signal, attempt: "reading", pauseMs: (failures) => (pauses.push(failures), 0) },
  );
  expect(pauses).toEqual([0, 1, 0, 1]);
});

it("ends in a pause at once", async () => {
  const stopping = new AbortController();
  const heard: unknown[] = [];
  const reopening = reopenWithBackoff(() => Promise.reject(broken("UNAVAILABLE")), {
    signal: stopping.signal,
    attempt: "reading",
    onError: (error) => {
      heard.push(error);
      setImmediate(() => {
        stopping.abort();
      });
    },
  });
  await reopening;
  expect(heard).toHaveLength(1);
});
