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

const firstPauseMs = 50;

/** Looks at a workflow until it is where it is wanted. */
export async function waitForInstance<T>(
  look: (end: CallEnd) => Promise<WorkflowInstance<T> | undefined>,
  { instanceId, milestone }: { readonly instanceId: string; readonly milestone: WorkflowMilestone },
  { signal, timeoutMs = Infinity, deadline = Infinity, maxPauseMs = 2_000 }: WaitForOptions,
): Promise<WorkflowInstance<T>> {
  const operation = "workflow.waitFor";
  const until = Math.min(Date.now() + timeoutMs, deadline);
  const end = { ...(signal && { signal }), ...(until !== Infinity && { deadline: until }) };
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, maxPauseMs)) {
    const instance = await look(end);
    if (instance === undefined) {
      throw new MechaError("NOT_FOUND", `There is no workflow with the instance id "${instanceId}"`, { operation });
    }
    const { status } = instance;
    if (hasReached(status, milestone)) return instance;
    const leftMs = until - Date.now();
    if (leftMs <= 0) {
      const message = `The workflow "${instanceId}" has not ${milestone} in time; it is ${status}`;
      throw new MechaError("DEADLINE_EXCEEDED", message, { operation });
    }
    await delay(Math.min(pauseMs, leftMs), undefined, signal && { signal }).catch((cause: unknown) => {
      throw new MechaError("CANCELLED", `The wait for the workflow "${instanceId}" was cancelled`, {
        operation,
        cause,
      });
    });
  }
}

function hasReached(status: WorkflowStatus, milestone: WorkflowMilestone): boolean {
  return isFinal(status) || (milestone === "started" && status !== "pending");
}
