import { setTimeout as delay } from "node:timers/promises";
import { MechaError } from "@mecha/spec";
import type { CallEnd } from "../transport/call-options.js";
import { isFinal, type WorkflowInstance, type WorkflowStatus } from "./workflow-instance.js";

/** What to wait for: `started`, it runs or has run; `ended`, it will not change any more. */
export type WorkflowMilestone = "started" | "ended";

/** How to wait for a workflow; `timeoutMs` is for the whole wait. */
export interface WaitForOptions extends CallEnd {
  /** Longest pause between two looks, in milliseconds. @defaultValue 2,000 */
  readonly maxPauseMs?: number;
}

const operation = "workflow.waitFor";

const firstPauseMs = 50;

/** By how much a timer may be early. */
const timerSlackMs = 2;

/** Looks at a workflow until it is where it is wanted. */
export async function waitForInstance<T>(
  look: (end: CallEnd) => Promise<WorkflowInstance<T> | undefined>,
  { instanceId, milestone }: { readonly instanceId: string; readonly milestone: WorkflowMilestone },
  { signal, timeoutMs = Infinity, deadline = Infinity, maxPauseMs = 2_000 }: WaitForOptions,
): Promise<WorkflowInstance<T>> {
  const until = Math.min(Date.now() + timeoutMs, deadline);
  const end = { ...(signal && { signal }), ...(until !== Infinity && { deadline: until }) };
  let status: WorkflowStatus | undefined;
  const tooLate = (known: WorkflowStatus, cause?: unknown): MechaError =>
    new MechaError("DEADLINE_EXCEEDED", `The workflow "${instanceId}" has not ${milestone} in time; it is ${known}`, {
      operation,
      cause,
    });

  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, maxPauseMs)) {
    const instance = await look(end).catch((thrown: unknown) => {
      // That it was too late for one more look says less than what was seen before.
      throw status !== undefined && Date.now() >= until - timerSlackMs ? tooLate(status, thrown) : thrown;
    });
    if (instance === undefined) {
      throw new MechaError("NOT_FOUND", `There is no workflow with the instance id "${instanceId}"`, { operation });
    }
    status = instance.status;
    if (hasReached(status, milestone)) return instance;
    const leftMs = until - Date.now();
    await delay(Math.min(pauseMs, leftMs), undefined, signal && { signal }).catch((cause: unknown) => {
      throw new MechaError("CANCELLED", `The wait for the workflow "${instanceId}" was cancelled`, {
        operation,
        cause,
      });
    });
    if (leftMs <= pauseMs) throw tooLate(status);
  }
}

function hasReached(status: WorkflowStatus, milestone: WorkflowMilestone): boolean {
  return isFinal(status) || (milestone === "started" && status !== "pending");
}
