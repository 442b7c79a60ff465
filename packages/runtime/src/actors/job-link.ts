import {
  appCallback,
  PushQueue,
  type MessageType,
  type StreamHandler,
  type StreamMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { onCallEnd } from "../doors/cancellation.js";
import type { JobReceiver } from "../jobs/deliver-job.js";
import { hostLost } from "./app-failure.js";

/** What a process says that takes jobs: first that it does, then what became of each. */
export type JobLinkRequest =
  | { readonly kind: "open" }
  | {
      readonly kind: "answer";
      readonly id: string;
      readonly failure?: { readonly code: string; readonly message: string };
    };

/** A job for such a process: a JobEventRequest as base64. The first message has none: it says that jobs will come. */
export interface JobLinkResponse {
  readonly id: string;
  readonly job?: string;
}

/** Processes of one version of Mecha speak it among themselves. */
export const jobLinkMethod: StreamMethod<JobLinkRequest, JobLinkResponse> = {
  kind: "stream",
  path: "/mecha.runtime.v1.Engine/Jobs",
  request: json<JobLinkRequest>(),
  response: json<JobLinkResponse>(),
  requestStream: true,
  responseStream: true,
};

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hands jobs to a process that has asked for them.
 *
 * @param receive - takes the process in as a receiver, until the result is called
 */
export function serveJobLink(
  receive: (receiver: JobReceiver) => () => void,
): StreamHandler<JobLinkRequest, JobLinkResponse> {
  return async function* serve(requests, context) {
    const events = new PushQueue<JobLinkResponse>();
    const pending = new Map<string, Pending>();
    let lastId = 0;
    const stop = receive(async (job) => {
      const id = String(++lastId);
      await new Promise<void>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        const bytes = appCallback.JobEventRequest.encode(job).finish();
        if (!events.push({ id, job: Buffer.from(bytes).toString("base64") })) reject(hostLost());
      });
      return {};
    });
    const end = (): void => {
      stop();
      events.end();
      for (const { reject } of pending.values()) reject(hostLost());
      pending.clear();
    };
    const stopListening = onCallEnd(context, end);
    const read = async (): Promise<void> => {
      for await (const request of requests) if (request.kind === "answer") settle(pending, request);
    };
    void read().then(end, end);
    try {
      yield { id: "" };
      yield* events;
    } finally {
      stopListening();
      end();
    }
  };
}

function settle(pending: Map<string, Pending>, { id, failure }: Extract<JobLinkRequest, { kind: "answer" }>): void {
  const waiting = pending.get(id);
  pending.delete(id);
  if (failure === undefined) waiting?.resolve();
  else waiting?.reject(new MechaError(failure.code === "NOT_FOUND" ? "NOT_FOUND" : "UNKNOWN", failure.message));
}

function json<T>(): MessageType<T> {
  return {
    encode: (message) => ({ finish: () => Buffer.from(JSON.stringify(message), "utf8") }),
    // The other side is this code.
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString("utf8")) as T,
    fromPartial: (message) => message,
  };
}
