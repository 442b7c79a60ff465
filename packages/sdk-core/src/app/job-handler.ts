import { decodeValue } from "../codec.js";
import type { JobEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import { fromJobData } from "../jobs/job-data.js";
import type { CallContext } from "../transport/handler.js";

/** A job that is due. */
export interface JobEvent {
  readonly name: string;
  /** The data that it was scheduled with. */
  readonly bytes: Uint8Array;
  /** Aborts when the runtime gave up. */
  readonly signal: AbortSignal;
  /** The data as JSON; `undefined` if there is none. */
  json<T>(): T;
}

/** Handles a job that is due. A throw says that it failed; the job's failure policy decides whether it comes again. */
export type JobHandler = (event: JobEvent) => Promise<void> | void;

/**
 * Finds the handler of a job: that of its name, else the one with the longest name that ends in `*` and begins as the job's does.
 */
export function findJob(handlers: ReadonlyMap<string, JobHandler>, name: string): JobHandler | undefined {
  const own = handlers.get(name);
  if (own !== undefined) return own;
  let longest = "";
  for (const each of handlers.keys()) {
    if (each.endsWith("*") && each.length > longest.length && name.startsWith(each.slice(0, -1))) longest = each;
  }
  return handlers.get(longest);
}

/** Runs a handler for the message of its job. */
export async function answerJob(
  handler: JobHandler,
  { name, data }: JobEventRequest,
  context: CallContext,
): Promise<void> {
  const bytes = fromJobData(data);
  await handler({
    name,
    bytes,
    get signal() {
      return context.signal;
    },
    json<T>(): T {
      // The handler names the type that the job was scheduled with; nothing here can check it.
      return decodeValue(bytes, "json", `The data of job "${name}"`) as T;
    },
  });
}
