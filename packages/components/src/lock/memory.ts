import { type ComponentContext, type ComponentDefinition, type LockStore, MechaError } from "@mecha/spec";

interface Held {
  readonly owner: string;
  /** On the clock of `performance.now()`, which nobody can set. */
  readonly endsAtMs: number;
}

/** How many locks are held before those that have ended are looked for. */
const sweepAbove = 1_000;

/**
 * `lock.in-memory`: locks between the callers of this process, for tests and for apps that run once. It has no metadata but the
 * runtime's `keyPrefix`. daprd has no component of that type.
 */
export const component: ComponentDefinition<"lock"> = {
  type: "lock.in-memory",
  volatile: true,
  create: (context) => Promise.resolve(createMemoryLocks(context)),
};

function createMemoryLocks(context: ComponentContext): LockStore {
  const locks = new Map<string, Held>();
  let sweepAt = sweepAbove;
  let isClosed = false;

  function refuseClosed(): void {
    if (!isClosed) return;
    throw new MechaError("UNAVAILABLE", `Lock store "${context.name}" (${context.type}) is closed`, {
      component: context.name,
    });
  }

  function holder(resource: string): Held | undefined {
    const held = locks.get(resource);
    if (held === undefined || held.endsAtMs > performance.now()) return held;
    locks.delete(resource);
    return undefined;
  }

  /** Forgets locks that have ended, each time that as many have been added as there were. */
  function sweep(): void {
    if (locks.size < sweepAt) return;
    for (const resource of locks.keys()) holder(resource);
    sweepAt = Math.max(sweepAbove, locks.size * 2);
  }

  return {
    backend: "memory",
    async tryLock({ resource, owner, expirySeconds }) {
      refuseClosed();
      if (holder(resource) !== undefined) return false;
      sweep();
      locks.set(resource, { owner, endsAtMs: performance.now() + expirySeconds * 1_000 });
      return true;
    },
    async unlock({ resource, owner }) {
      refuseClosed();
      const held = holder(resource);
      if (held === undefined) return "not-held";
      if (held.owner !== owner) return "held-by-another";
      locks.delete(resource);
      return "released";
    },
    async close() {
      isClosed = true;
      locks.clear();
    },
  };
}
