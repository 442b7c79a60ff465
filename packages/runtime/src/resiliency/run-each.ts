import type { Policy, RunOptions } from "./policy.js";

/** What became of one item of a call that is for many. */
export type ItemVerdict =
  /** It is done. */
  | "done"
  /** It failed, and may succeed the next time. */
  | "again"
  /** It failed, and would fail again. */
  | "final";

/** A call for many items, with a result for each. */
export interface ManyCall<I, R> {
  readonly items: readonly I[];
  /** Makes the call for some of the items; the results are in their order. */
  readonly attempt: (items: readonly I[], signal: AbortSignal | undefined) => Promise<readonly R[]>;
  readonly verdictOf: (result: R) => ItemVerdict;
  /** The result of an item that was not tried, or whose call failed as a whole after others had a result. */
  readonly failed: (error: unknown) => R;
}

/**
 * Runs a call for many items under a policy, as daprd does: only items that failed, and may succeed the next time, go along in
 * the next attempt.
 *
 * @throws what the call threw as a whole, if no item has a result of its own
 */
export async function runEach<I, R>(
  policy: Policy,
  call: ManyCall<I, R>,
  options: RunOptions = {},
): Promise<readonly R[]> {
  const { items, attempt, verdictOf, failed } = call;
  const results = new Map<number, R>();
  let left = items.map((_, index) => index);
  try {
    await policy.run(
      async (signal) => {
        const tried = left;
        const got = await attempt(
          tried.map((index) => items[index] as I),
          signal,
        );
        // One that took too long is not waited for any more: the next attempt has begun.
        if (signal?.aborted === true) throw new SomeFailed(true, undefined);
        const verdicts = got.map(verdictOf);
        for (const [position, result] of got.entries()) results.set(tried[position] ?? position, result);
        left = tried.filter((_, position) => verdicts[position] === "again");
        const failure = got.find((_, position) => verdicts[position] !== "done");
        if (left.length > 0) throw new SomeFailed(false, failure);
        if (verdicts.includes("final")) throw new SomeFailed(true, failure);
      },
      {
        ...options,
        isFinal: (error) => (error instanceof SomeFailed ? error.isFinal : (options.isFinal?.(error) ?? false)),
      },
    );
  } catch (error) {
    if (!(error instanceof SomeFailed)) {
      if (results.size === 0) throw error;
      for (const index of left) results.set(index, failed(error));
    }
  }
  // What is done may have undefined for its result.
  return items.map((_, index) => (results.has(index) ? (results.get(index) as R) : failed(notTold())));
}

/** Tells the policy that an attempt failed whose results are known by item. */
class SomeFailed extends Error {
  readonly isFinal: boolean;

  constructor(isFinal: boolean, failure: unknown) {
    super(failure instanceof Error ? failure.message : "it is asked for again");
    this.isFinal = isFinal;
  }
}

/** For a call that broke its promise of a result for each item. */
function notTold(): Error {
  return new Error("nothing was said of this item");
}
