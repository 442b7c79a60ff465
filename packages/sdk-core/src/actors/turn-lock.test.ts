import { describe, expect, it } from "vitest";
import { TurnLock } from "./turn-lock.js";

/** A task that is over when the test says so. */
function task(log: string[], name: string): { run: () => Promise<string>; finish: () => void } {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const run = async (): Promise<string> => {
    log.push(`${name} begins`);
    await finished;
    log.push(`${name} ends`);
    return name;
  };
  return { run, finish };
}

describe("the lock of turns", () => {
  it("lets one turn in at a time, in the order of arrival", async () => {
    const lock = new TurnLock();
    const log: string[] = [];
    const [first, second, third] = [task(log, "1"), task(log, "2"), task(log, "3")];
    const runs = Promise.all([first, second, third].map(({ run }) => lock.run(undefined, run)));
    third.finish();
    second.finish();
    expect(log).toEqual(["1 begins"]);
    first.finish();
    expect(await runs).toEqual(["1", "2", "3"]);
    expect(log).toEqual(["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
    expect(lock.isIdle).toBe(true);
  });

  it("goes on after a turn that failed", async () => {
    const lock = new TurnLock();
    const failing = lock.run(undefined, () => Promise.reject(new Error("no")));
    const next = lock.run(undefined, () => Promise.resolve("yes"));
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });

  it("lets calls with the id of the turn enter it, and nobody else, until the last of them is over", async () => {
    const lock = new TurnLock(3);
    const log: string[] = [];
    const [outer, inner, other] = [task(log, "outer"), task(log, "inner"), task(log, "other")];
    const outerRun = lock.run("a", outer.run);
    const otherRun = lock.run("b", other.run);
    const innerRun = lock.run("a", inner.run);
    expect(log).toEqual(["outer begins", "inner begins"]);
    outer.finish();
    await outerRun;
    other.finish();
    inner.finish();
    await Promise.all([innerRun, otherRun]);
    expect(log.slice(2)).toEqual(["outer ends", "inner ends", "other begins", "other ends"]);
  });

  it("refuses a call that would make the turn too deep", async () => {
    const lock = new TurnLock(2);
    const deep = lock.run("a", () => lock.run("a", () => lock.run("a", () => Promise.resolve())));
    await expect(deep).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    expect(lock.isIdle).toBe(true);
  });

  it("makes calls with one id wait where turns are not reentrant", async () => {
    const lock = new TurnLock();
    const log: string[] = [];
    const [outer, inner] = [task(log, "outer"), task(log, "inner")];
    const runs = [lock.run("a", outer.run), lock.run("a", inner.run)];
    expect(log).toEqual(["outer begins"]);
    outer.finish();
    inner.finish();
    await Promise.all(runs);
  });
});
