import type { DaprRpc } from "./endpoint.js";

/** The RPCs of workflow management, which need an engine of workflows: for the `refuses` of a runtime that has none. */
export const workflowRpcs: readonly DaprRpc[] = [
  "startWorkflowAlpha1",
  "getWorkflowAlpha1",
  "purgeWorkflowAlpha1",
  "terminateWorkflowAlpha1",
  "pauseWorkflowAlpha1",
  "resumeWorkflowAlpha1",
  "raiseEventWorkflowAlpha1",
  "startWorkflowBeta1",
  "getWorkflowBeta1",
  "purgeWorkflowBeta1",
  "terminateWorkflowBeta1",
  "pauseWorkflowBeta1",
  "resumeWorkflowBeta1",
  "raiseEventWorkflowBeta1",
];
