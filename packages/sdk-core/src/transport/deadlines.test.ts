import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines, type Expiring } from "./deadlines.js";

describe("the deadlines of calls", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function callIn(ms: number, expired: number[]): Expiring {
    const deadline = Date.now() + ms;
    return { deadline, expire: () => void expired.push(ms) };
  }

  it("end each call at its own time, whatever the order in which they began, with one timer", () => {
    const deadlines = new Deadlines();
    const expired: number[] = [];
    for (const ms of [300, 100, 200]) deadlines.add(callIn(ms, expired));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(99);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([100]);
    vi.advanceTimersByTime(200);
    expect(expired).toEqual([100, 200, 300]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("let calls alone that are done, and watch those that come after", () => {
    const deadlines = new Deadlines();
    const expired: number[] = [];
    const done = callIn(100, expired);
    deadlines.add(done);
    deadlines.delete(done);
    deadlines.add(callIn(150, expired));
    vi.advanceTimersByTime(149);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([150]);
  });

  it("wait for one that is further away than Node's timers reach", () => {
    const deadlines = new Deadlines();
    const expired: number[] = [];
    deadlines.add(callIn(2 ** 31 + 5, expired));
    vi.advanceTimersByTime(2 ** 31 - 1);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(6);
    expect(expired).toEqual([2 ** 31 + 5]);
  });
});

it("hold the process while a call is under way, and no longer", () => {
  const module = JSON.stringify(new URL("./deadlines.ts", import.meta.url).href);
  const program = (ending: string): string => `
    import { Deadlines } from ${module};
    const deadlines = new Deadlines();
    const began = Date.now();
    const call = (ms) => ({ deadline: Date.now() + ms, expire: () => console.log("expired") });
    const [first, second] = [call(60_000), call(${ending === "expire" ? 300 : 60_000})];
    deadlines.add(first); deadlines.delete(first); deadlines.add(second);
    ${ending === "delete" ? "setImmediate(() => deadlines.delete(second));" : ""}
    process.on("exit", () => console.log(Date.now() - began < 20_000 ? "soon" : "late"));`;
  const run = (ending: string): string =>
    execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program(ending)], {
      encoding: "utf8",
      timeout: 30_000,
    }).trim();
  expect(run("expire").split("\n")).toEqual(["expired", "soon"]);
  expect(run("delete")).toBe("soon");
});
