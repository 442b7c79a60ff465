import { appCallback, PushQueue, type Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { JobReceiver } from "../jobs/deliver-job.js";
import { backgroundContext } from "./background-context.js";
import { jobLinkMethod, type JobLinkRequest } from "./job-link.js";

/** Jobs that another process hands to this one. */
export interface JobLink {
  /** Takes no more jobs; those under way are answered first. */
  close(): void;
}

/**
 * Takes jobs from the process that runs the engine, for a receiver of this one.
 *
 * @param onLost - hears that the other process is gone
 */
export function followJobLink(transport: Transport, receiver: JobReceiver, onLost: () => void): JobLink {
  const requests = new PushQueue<JobLinkRequest>();
  requests.push({ kind: "open" });
  let isClosed = false;
  const follow = async (): Promise<void> => {
    for await (const { id, job } of transport.stream(jobLinkMethod, requests))
      if (job !== undefined)
        void answer(receiver, Buffer.from(job, "base64")).then((failure) => {
          requests.push({ kind: "answer", id, ...(failure && { failure }) });
        });
  };
  const ended = (): void => {
    if (!isClosed) onLost();
  };
  void follow().then(ended, ended);
  return {
    close() {
      isClosed = true;
      requests.end();
    },
  };
}

async function answer(
  receiver: JobReceiver,
  bytes: Buffer,
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  try {
    await receiver(appCallback.JobEventRequest.decode(bytes), backgroundContext);
    return undefined;
  } catch (thrown) {
    const { code, message } = MechaError.from(thrown);
    return { code, message };
  }
}
