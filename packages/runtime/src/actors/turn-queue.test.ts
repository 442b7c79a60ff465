import { describe, expect, it } from "vitest";
import { TurnQueue } from "./turn-queue.js";

/** A task that a test ends. */
function task<T>(result: T) {
  let end = (): void => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  let hasBegun = false;
  return {
    run: async (): Promise<T> => {
      hasBegun = true;
      await done;
      return result;
    },
    end: () => end(),
    hasBegun: () => hasBegun,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the turns of an actor", () => {
  it("come one after another, in the order of arrival, whatever becomes of them", async () => {
    const queue = new TurnQueue(1);
    const order: number[] = [];
    const turns = [1, 2, 3].map((n) =>
      queue.run(undefined, async () => {
        await settle();
        order.push(n);
        if (n === 2) throw new Error("not today");
      }),
    );
    const outcomes = await Promise.allSettled(turns);
    expect(order).toEqual([1, 2, 3]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("can be entered by calls that belong to them, as deep as the type says", async () => {
    const queue = new TurnQueue(3);
    const nested = await queue.run("x", () => queue.run("x", () => queue.run("x", () => Promise.resolve("deep"))));
    expect(nested).toBe("deep");
    const tooDeep = queue.run("x", () =>
      queue.run("x", () => queue.run("x", () => queue.run("x", () => Promise.resolve("too deep")))),
    );
    await expect(tooDeep).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "ERR_ACTOR_STACK_DEPTH" });
    expect(queue.isIdle).toBe(true);
  });

  it("cannot be entered by others, nor where the type is not reentrant", async () => {
    for (const [depth, id] of [
      [32, "y"],
      [1, "x"],
    ] as const) {
      const queue = new TurnQueue(depth);
      const first = task(1);
      const second = task(2);
      const turns = [queue.run("x", first.run), queue.run(id, second.run)];
      await settle();
      expect([first.hasBegun(), second.hasBegun()]).toEqual([true, false]);
      first.end();
      second.end();
      expect(await Promise.all(turns)).toEqual([1, 2]);
    }
  });

  it("pass over a call that gave up waiting", async () => {
    const queue = new TurnQueue(1);
    const first = task(1);
    const given = task(2);
    const third = task(3);
    let giveUp = (_: Error): void => undefined;
    const running = queue.run(undefined, first.run);
    const waiting = queue.run(undefined, given.run, (leave) => {
      giveUp = leave;
      return () => undefined;
    });
    const last = queue.run(undefined, third.run);
    giveUp(new Error("no longer"));
    await expect(waiting).rejects.toThrow("no longer");
    first.end();
    third.end();
    expect(await Promise.all([running, last])).toEqual([1, 3]);
    expect(given.hasBegun()).toBe(false);
  });

  it("tell when there are none", async () => {
    const queue = new TurnQueue(1);
    const only = task(1);
    const turn = queue.run(undefined, only.run);
    let isIdle = false;
    const idle = queue.idle().then(() => (isIdle = true));
    await settle();
    expect(isIdle).toBe(false);
    only.end();
    await Promise.all([turn, idle]);
    expect(queue.isIdle).toBe(true);
  });
});
