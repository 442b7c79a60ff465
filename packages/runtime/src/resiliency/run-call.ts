import type { CallContext } from "@mecha/sdk-core/protocol";
import { AttemptContext } from "./attempt-context.js";
import type { Policy, RunOptions } from "./policy.js";

/** Runs a call under a policy. Each attempt has a context of its own; the headers of the last one go out. */
export async function runCall<T>(
  policy: Policy,
  context: CallContext,
  call: (context: CallContext) => Promise<T>,
  options: Omit<RunOptions, "signal"> = {},
): Promise<T> {
  let last: AttemptContext | undefined;
  try {
    return await policy.run(
      (signal) => {
        last = new AttemptContext(context, signal);
        return call(last);
      },
      { ...options, signal: context.signal },
    );
  } finally {
    last?.send();
  }
}
