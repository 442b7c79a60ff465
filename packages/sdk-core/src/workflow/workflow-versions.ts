import { workflowMethods } from "../generated/methods/workflow.js";

/** A version of the workflow API. */
export type WorkflowApiVersion = "beta1" | "alpha1";

/** The RPCs of each version; their messages are the same. */
export const versions = {
  beta1: {
    start: workflowMethods.startWorkflowBeta1,
    get: workflowMethods.getWorkflowBeta1,
    raiseEvent: workflowMethods.raiseEventWorkflowBeta1,
    pause: workflowMethods.pauseWorkflowBeta1,
    resume: workflowMethods.resumeWorkflowBeta1,
    terminate: workflowMethods.terminateWorkflowBeta1,
    purge: workflowMethods.purgeWorkflowBeta1,
  },
  alpha1: {
    start: workflowMethods.startWorkflowAlpha1,
    get: workflowMethods.getWorkflowAlpha1,
    raiseEvent: workflowMethods.raiseEventWorkflowAlpha1,
    pause: workflowMethods.pauseWorkflowAlpha1,
    resume: workflowMethods.resumeWorkflowAlpha1,
    terminate: workflowMethods.terminateWorkflowAlpha1,
    purge: workflowMethods.purgeWorkflowAlpha1,
  },
} as const satisfies Record<WorkflowApiVersion, unknown>;
