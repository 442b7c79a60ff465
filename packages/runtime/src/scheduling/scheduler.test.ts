import type { StateStore } from "@mecha/spec";
import { beforeEach, describe, expect, it } from "vitest";
import { manualClock, type ManualClock } from "../../test/manual-clock.js";
import { memoryStore } from "../../test/memory-store.js";
import { createLogger } from "../logger.js";
import { isHeld, takeLease } from "./lease.js";
import { thisProcess, type ProcessIdentity } from "./machine.js";
import type { Registration, ScheduleTarget } from "./schedule-entry.js";
import { ScheduleStore } from "./schedule-store.js";
import { Scheduler, type DeliveryOutcome } from "./scheduler.js";
import { schedulerKeys } from "./scheduler-keys.js";

const job = (name: string): ScheduleTarget => ({ kind: "job", name });
const every = (name: string, schedule: string, more: Partial<Registration> = {}): Registration => ({
  target: job(name),
  schedule,
  ...more,
});

describe("the scheduler", () => {
  let clock: ManualClock;
  let store: StateStore;
  /** What was delivered, in seconds from the beginning. */
  let heard: [string, number][];
  let outcome: (name: string) => Promise<DeliveryOutcome>;
  let lost: number;
  let startMs: number;

  beforeEach(async () => {
    clock = manualClock();
    store = await memoryStore();
    startMs = clock.now();
    heard = [];
    lost = 0;
    outcome = () => Promise.resolve("done");
  });

  async function open(self: ProcessIdentity = thisProcess()): Promise<Scheduler> {
    const keys = schedulerKeys("shop");
    const lease = await takeLease({ store, storeName: "store", key: keys.lease, self, socket: "", clock });
    if (!isHeld(lease)) throw new Error("somebody else holds the lease");
    const scheduler = new Scheduler({
      store: new ScheduleStore({ store, storeName: "store", keys, lease, onLost: () => lost++ }),
      clock,
      logger: createLogger("test", { sink: () => undefined }),
      deliver: async ({ target }) => {
        heard.push([target.name, (clock.now() - startMs) / 1_000]);
        return outcome(target.name);
      },
    });
    await scheduler.start();
    return scheduler;
  }

  /** The same machine some time later, after the process was killed. */
  const restarted = (): Promise<Scheduler> => {
    const gone = { ...thisProcess(), pid: 2 ** 22 + 1 };
    // The lease of the one before is over by then.
    return clock.advance(31_000).then(() => open(gone));
  };

  it("fires when it is time, and forgets what came for the last time", async () => {
    const scheduler = await open();
    await scheduler.register(every("a", "@every 10s", { repeats: 2 }), false);
    await scheduler.register({ target: job("b"), dueTime: "15s" }, false);
    await clock.advance(60_000);
    expect(heard).toEqual([
      ["a", 10],
      ["b", 15],
      ["a", 20],
    ]);
    expect(scheduler.list(() => true)).toEqual([]);
  });

  it("takes up what was stored, and makes up for what was missed", async () => {
    const before = await open();
    await before.register(every("a", "@every 10s", { repeats: 4 }), false);
    await clock.advance(10_000);
    await before.close(0);
    await restarted();
    await clock.advance(0);
    expect(heard).toEqual([
      ["a", 10],
      ["a", 41],
      ["a", 41],
      ["a", 41],
    ]);
  });

  it("keeps the place in its retries over a restart", async () => {
    outcome = () => Promise.resolve("failed");
    const before = await open();
    await before.register({ target: job("a"), dueTime: "1s" }, false);
    await clock.advance(2_000);
    expect(heard).toHaveLength(2);
    await before.close(0);
    await restarted();
    await clock.advance(60_000);
    expect(heard).toHaveLength(4);
  });

  it("delivers one registration once at a time", async () => {
    let finish = (_: DeliveryOutcome): void => undefined;
    outcome = () => new Promise((resolve) => (finish = resolve));
    const scheduler = await open();
    await scheduler.register(every("a", "@every 1s", { repeats: 3 }), false);
    await clock.advance(10_000);
    expect(heard).toHaveLength(1);
    finish("done");
    await clock.advance(0);
    expect(heard).toHaveLength(2);
  });

  it("holds what nobody can take, and brings it when somebody comes", async () => {
    outcome = () => Promise.resolve("undeliverable");
    const scheduler = await open();
    await scheduler.register({ target: job("a"), dueTime: "1s" }, false);
    await clock.advance(60_000);
    expect(heard).toHaveLength(1);
    outcome = () => Promise.resolve("done");
    scheduler.wake();
    await clock.advance(0);
    expect(heard).toHaveLength(2);
    expect(scheduler.get(job("a"))).toBeUndefined();
  });

  it("goes by the newer registration, also for what is being delivered for the older one", async () => {
    let finish = (_: DeliveryOutcome): void => undefined;
    outcome = () => new Promise((resolve) => (finish = resolve));
    const scheduler = await open();
    await scheduler.register({ target: job("a"), dueTime: "1s" }, false);
    await clock.advance(1_000);
    await expect(scheduler.register({ target: job("a"), dueTime: "9s" }, false)).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });
    await scheduler.register({ target: job("a"), dueTime: "9s" }, true);
    finish("done");
    await clock.advance(1_000);
    expect(scheduler.get(job("a"))?.registration.dueTime).toBe("9s");
    outcome = () => Promise.resolve("done");
    await clock.advance(10_000);
    expect(heard.map(([, at]) => at)).toEqual([1, 10]);
  });

  it("ends what is removed, one or many, for good", async () => {
    const scheduler = await open();
    for (const name of ["a-1", "a-2", "b"]) await scheduler.register(every(name, "@every 10s"), false);
    await scheduler.remove(job("b"));
    await scheduler.removeAll(({ name }) => name.startsWith("a-"));
    await scheduler.close(0);
    const after = await restarted();
    expect(after.list(() => true)).toEqual([]);
    expect(heard).toEqual([]);
  });

  it("answers a registration only when it is stored, and has it no more if that failed", async () => {
    const scheduler = await open();
    const write = store.write.bind(store);
    store.write = () => Promise.reject(new Error("disk full"));
    await expect(scheduler.register(every("a", "@every 1s"), false)).rejects.toThrow("disk full");
    expect(scheduler.get(job("a"))).toBeUndefined();
    store.write = write;
    await scheduler.register(every("a", "@every 1s"), false);
    await clock.advance(1_000);
    expect(heard).toHaveLength(1);
  });

  it("fires no more, and changes nothing, once another process has its lease", async () => {
    const scheduler = await open();
    await scheduler.register(every("a", "@every 40s"), false);
    const other = { ...thisProcess(), machineId: "another" };
    await clock.advance(31_000);
    const next = await open(other);
    await clock.advance(20_000);
    // Both have it in their plans; only the one that has the lease delivers it.
    expect(heard).toEqual([["a", 40]]);
    await expect(scheduler.register(every("b", "@every 1s"), false)).rejects.toMatchObject({ code: "ABORTED" });
    expect(next.get(job("b"))).toBeUndefined();
    expect(lost).toBeGreaterThan(0);
  });

  it("stores thousands of registrations that come at once", async () => {
    const scheduler = await open();
    await Promise.all(
      Array.from({ length: 3_000 }, (_, n) => scheduler.register(every(`job-${String(n)}`, "@every 1h"), false)),
    );
    await scheduler.close(0);
    const after = await restarted();
    expect(after.list(() => true)).toHaveLength(3_000);
  });
});
