import type { StateStore } from "@mecha/spec";
import { beforeEach, describe, expect, it } from "vitest";
import { manualClock } from "../../test/manual-clock.js";
import { memoryStore } from "../../test/memory-store.js";
import { isHeld, takeLease, type HeldLease } from "./lease.js";
import { thisProcess, type ProcessIdentity } from "./machine.js";

const here = thisProcess();
/** A process that lives as long as this one does: its parent. */
const neighbour: ProcessIdentity = { ...here, pid: process.ppid, startTime: "" };
const elsewhere: ProcessIdentity = { ...here, machineId: "another", machineName: "rack-7" };

describe("the lease of an app's scheduler", () => {
  let store: StateStore;
  const clock = manualClock();
  const take = (self: ProcessIdentity) =>
    takeLease({ store, storeName: "store", key: "lease", self, socket: `a-${String(self.pid)}-00000000.sock`, clock });
  const held = async (self: ProcessIdentity): Promise<HeldLease> => {
    const lease = await take(self);
    if (!isHeld(lease)) throw new Error("somebody else holds it");
    return lease;
  };

  beforeEach(async () => {
    store = await memoryStore();
  });

  it("is given to one process; another one of the machine learns who has it", async () => {
    await held(neighbour);
    expect(await take(here)).toMatchObject({ pid: process.ppid, socket: `a-${String(process.ppid)}-00000000.sock` });
  });

  it("is refused to another machine, which is told whom to ask", async () => {
    await held(here);
    await expect(take(elsewhere)).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringMatching(new RegExp(`${here.machineName}.*daprd`, "u")),
    });
  });

  it("goes over when its holder gives it back, is gone, or is not heard of any more", async () => {
    await (await held(here)).release();
    const dead = { ...here, pid: 2 ** 22 + 1 };
    await held(dead);
    const lease = await held(here);
    expect(lease.replaced?.pid).toBe(dead.pid);
    await clock.advance(31_000);
    await held(elsewhere);
  });

  it("can be renewed by its holder alone", async () => {
    const lease = await held(here);
    expect(lease.isFresh).toBe(true);
    await clock.advance(31_000);
    expect(lease.isFresh).toBe(false);
    await held(elsewhere);
    expect(await lease.renewal()).toBeUndefined();
    await lease.release();
    await expect(take(here)).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("goes to one of several that want it at once", async () => {
    const outcomes = await Promise.all([take(here), take(neighbour), take(here)]);
    expect(outcomes.filter(isHeld)).toHaveLength(1);
  });

  it("is not taken for another version's", async () => {
    await store.write([{ type: "set", key: "lease", value: Buffer.from('{"version":2}') }], { atomic: false });
    await expect(take(here)).rejects.toMatchObject({ message: expect.stringContaining("version 2") });
  });
});
