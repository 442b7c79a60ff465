import { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import { UnlockResponse_Status } from "../generated/dapr/proto/runtime/v1/lock.js";
import type { Lock } from "./lock.js";

/** A lock store of one process, with expiry; `calls` is what came, in order. */
async function lockStore(): Promise<{
  readonly locks: Lock;
  readonly calls: string[];
  readonly held: Map<string, string>;
}> {
  const held = new Map<string, string>();
  const calls: string[] = [];
  const sidecar = await testSidecar({
    tryLockAlpha1: ({ resourceId, lockOwner, expiryInSeconds }) => {
      calls.push(`lock ${resourceId}`);
      if (held.has(resourceId)) return Promise.resolve({ success: false });
      held.set(resourceId, lockOwner);
      setTimeout(() => held.get(resourceId) === lockOwner && held.delete(resourceId), expiryInSeconds * 1000).unref();
      return Promise.resolve({ success: true });
    },
    unlockAlpha1: ({ resourceId, lockOwner }) => {
      calls.push(`unlock ${resourceId}`);
      if (!held.has(resourceId)) return Promise.resolve({ status: UnlockResponse_Status.LOCK_DOES_NOT_EXIST });
      if (held.get(resourceId) !== lockOwner) {
        return Promise.resolve({ status: UnlockResponse_Status.LOCK_BELONGS_TO_OTHERS });
      }
      held.delete(resourceId);
      return Promise.resolve({ status: UnlockResponse_Status.SUCCESS });
    },
  });
  return { locks: sidecar.connect().lock("locks"), calls, held };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

it("aborts a function before its lock ends, so that it can stop in time", async () => {
  const { locks } = await lockStore();
  const begin = performance.now();
  const stopped = await locks.withLock(
    "r",
    async (signal) => {
      await aborted(signal);
      expect(signal.reason).toMatchObject({ code: "ABORTED" });
      return "stopped";
    },
    { expirySeconds: 1 },
  );
  expect(stopped).toBe("stopped");
  expect(performance.now() - begin).toBeLessThan(1_000);
});

it("never reports a result that was made after the lock was lost", async () => {
  const { locks, held } = await lockStore();
  const lost = locks.withLock(
    "r",
    () => {
      held.set("r", "somebody else");
      return Promise.resolve("made without the lock");
    },
    { expirySeconds: 60 },
  );
  await expect(lost).rejects.toMatchObject({ code: "ABORTED", component: "locks" });
  expect(held.get("r")).toBe("somebody else");
});

it("releases the lock of a function that fails, and fails as the function does", async () => {
  const { locks, calls } = await lockStore();
  const failure = new Error("not today");
  await expect(locks.withLock("r", () => Promise.reject(failure), { expirySeconds: 60 })).rejects.toBe(failure);
  expect(calls).toEqual(["lock r", "unlock r"]);
  const renewed = locks.withLock("r", () => Promise.reject(failure), { expirySeconds: 60, renew: true });
  await expect(renewed).rejects.toBe(failure);
  expect(calls.slice(2).sort()).toEqual(["lock r", "lock r:renewal", "unlock r", "unlock r:renewal"]);
});

it("waits for a lock only as long as it is told, and not after it is cancelled", async () => {
  const { locks } = await lockStore();
  await locks.tryLock("r", { expirySeconds: 60 });
  const nothing = (): Promise<void> => Promise.resolve();
  await expect(locks.withLock("r", nothing, { expirySeconds: 1, waitMs: 120 })).rejects.toMatchObject({
    code: "ABORTED",
  });
  const cancel = new AbortController();
  const cancelled = locks.withLock("r", nothing, { expirySeconds: 1, signal: cancel.signal });
  cancel.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
});

it("gives a half of a renewed lock back when somebody has the other", async () => {
  const { locks, calls, held } = await lockStore();
  held.set("r:renewal", "somebody");
  const options = { expirySeconds: 60, renew: true, waitMs: 0 };
  await expect(locks.withLock("r", () => Promise.resolve(), options)).rejects.toMatchObject({ code: "ABORTED" });
  expect(calls).toEqual(["lock r", "lock r:renewal", "unlock r"]);
});

it("releases a lock of which nobody knows whether it was taken", async () => {
  let unlocked: ((owner: string) => void) | undefined;
  const release = new Promise<string>((resolve) => (unlocked = resolve));
  let taker = "";
  const sidecar = await testSidecar({
    tryLockAlpha1: ({ lockOwner }) => {
      taker = lockOwner;
      return new Promise(() => undefined);
    },
    unlockAlpha1: ({ lockOwner }) => {
      unlocked?.(lockOwner);
      return Promise.resolve({ status: UnlockResponse_Status.SUCCESS });
    },
  });
  const lost = sidecar.connect().lock("locks").tryLock("r", { expirySeconds: 60, timeoutMs: 200 });
  await expect(lost).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  expect(await release).toBe(taker);
});

it("fails when the store could not release, and says when the lock ends", async () => {
  const sidecar = await testSidecar({
    unlockAlpha1: () => Promise.resolve({ status: UnlockResponse_Status.INTERNAL_ERROR }),
  });
  const failure: unknown = await sidecar
    .connect()
    .lock("locks")
    .unlock("r", "o")
    .catch((error: unknown) => error);
  expect(MechaError.is(failure) && [failure.code, failure.component, failure.operation]).toEqual([
    "INTERNAL",
    "locks",
    "lock.unlock",
  ]);
});

it.each([0, -1, 0.5, Number.NaN])("refuses %s seconds", async (expirySeconds) => {
  const { locks, calls } = await lockStore();
  await expect(locks.tryLock("r", { expirySeconds })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(calls).toEqual([]);
});
