import type { GetWorkflowResponse } from "../generated/dapr/proto/runtime/v1/workflow.js";

/** Where a workflow stands; `unknown` for a status that this version of Mecha does not know. */
export type WorkflowStatus =
  | "pending"
  | "running"
  | "suspended"
  | "continued-as-new"
  | "completed"
  | "failed"
  | "canceled"
  | "terminated"
  | "unknown";

/** Why a workflow failed. */
export interface WorkflowFailure {
  /** Name of the error, as the worker's language has it. */
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * A workflow that was started.
 *
 * @typeParam T - the type of its output, which is not checked
 */
export interface WorkflowInstance<T = unknown> {
  readonly instanceId: string;
  /** Name of the workflow. */
  readonly name: string;
  readonly status: WorkflowStatus;
  readonly createdAt: Date | undefined;
  readonly lastUpdatedAt: Date | undefined;
  /** What it was started with; `undefined` if with nothing. */
  readonly input: unknown;
  /** What it gave; `undefined` as long as it has not completed. */
  readonly output: T | undefined;
  /** What it says of itself. */
  readonly customStatus: unknown;
  readonly failure: WorkflowFailure | undefined;
  /** All that the runtime says, by Dapr's names (`dapr.workflow.…`). */
  readonly properties: Readonly<Record<string, string>>;
}

const statuses: ReadonlySet<string> = new Set([
  "pending",
  "running",
  "suspended",
  "continued-as-new",
  "completed",
  "failed",
  "canceled",
  "terminated",
] satisfies WorkflowStatus[]);

const finalStatuses: ReadonlySet<WorkflowStatus> = new Set(["completed", "failed", "canceled", "terminated"]);

/** Whether a workflow with this status will not change any more. */
export function isFinal(status: WorkflowStatus): boolean {
  return finalStatuses.has(status);
}

/** A workflow, from the wire; `undefined` for the reply without a name by which daprd says that there is none. */
export function toInstance<T>(message: GetWorkflowResponse): WorkflowInstance<T> | undefined {
  const { instanceId, workflowName, createdAt, lastUpdatedAt, runtimeStatus, properties } = message;
  if (workflowName === "" && runtimeStatus === "") return undefined;
  const property = (name: string): string | undefined => properties[`dapr.workflow.${name}`];
  const type = property("failure.error_type");
  return {
    instanceId,
    name: workflowName,
    status: toStatus(runtimeStatus),
    createdAt,
    lastUpdatedAt,
    input: parsed(property("input")),
    // The caller names the type of what the workflow gives; nothing here can check it.
    output: parsed(property("output")) as T | undefined,
    customStatus: parsed(property("custom_status")),
    failure:
      type === undefined
        ? undefined
        : { type, message: property("failure.error_message") ?? "", stack: property("failure.stack_trace") },
    properties,
  };
}

function toStatus(text: string): WorkflowStatus {
  const status = text.toLowerCase().replaceAll("_", "-");
  // The set has statuses only.
  return statuses.has(status) ? (status as WorkflowStatus) : "unknown";
}

/** Workers write JSON; what is none is text. */
function parsed(text: string | undefined): unknown {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
