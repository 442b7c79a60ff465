import { encodeValue } from "../codec.js";
import type { FacadeContext } from "../facade-context.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import { waitForInstance, type WaitForOptions, type WorkflowMilestone } from "./wait-for-instance.js";
import { toInstance, type WorkflowInstance } from "./workflow-instance.js";
import { versions, type WorkflowApiVersion } from "./workflow-versions.js";

/** How to speak to the runtime about workflows. */
export interface WorkflowsOptions {
  /** Which RPCs to use: `alpha1` is what sidecars before Dapr 1.12 have. Both do the same. @defaultValue `"beta1"` */
  readonly apiVersion?: WorkflowApiVersion;
}

/** How to start a workflow. */
export interface StartWorkflowOptions extends CallEnd {
  /** Letters, digits, `-` and `_`, at most 64 of them. @defaultValue a random one, which the runtime makes */
  readonly instanceId?: string;
  /** A JSON value that it starts with. */
  readonly input?: unknown;
  /** When it starts. @defaultValue at once */
  readonly startAt?: Date;
}

/** How to raise an event. */
export interface RaiseEventOptions extends CallEnd {
  /** A JSON value that comes with it. */
  readonly data?: unknown;
}

/**
 * Workflows, from the outside (Dapr's workflow building block): starting them, looking at them, and acting on them. What they
 * do is written in a worker, in any language, which is connected to the sidecar of its app.
 *
 * The methods that act on a workflow return when the runtime has taken the order, not when it is done.
 */
export interface Workflows {
  /**
   * Starts a workflow (StartWorkflow); gives its instance id.
   *
   * Needs a worker: daprd waits for one for as long as the caller does.
   *
   * @throws MechaError `INVALID_ARGUMENT` for an instance id that cannot be one; `INTERNAL` if there is a workflow with it
   * that has not ended.
   */
  start(name: string, options?: StartWorkflowOptions): Promise<string>;
  /**
   * Looks at a workflow (GetWorkflow); `undefined` if there is none.
   *
   * @typeParam T - the type of its output
   */
  get<T = unknown>(instanceId: string, options?: CallEnd): Promise<WorkflowInstance<T> | undefined>;
  /**
   * Waits until a workflow has begun to run, or has ended, in whichever way: look at its `status`. It asks the runtime again
   * and again, at first every 50 milliseconds, later every 2 seconds.
   *
   * @typeParam T - the type of its output
   * @throws MechaError `NOT_FOUND` if there is none; `DEADLINE_EXCEEDED` or `CANCELLED` as the options have it.
   */
  waitFor<T = unknown>(
    instanceId: string,
    milestone: WorkflowMilestone,
    options?: WaitForOptions,
  ): Promise<WorkflowInstance<T>>;
  /** Raises an event (RaiseEventWorkflow), for which the workflow waits or will wait. */
  raiseEvent(instanceId: string, eventName: string, options?: RaiseEventOptions): Promise<void>;
  /** Suspends a workflow (PauseWorkflow): what comes in waits. */
  pause(instanceId: string, options?: CallEnd): Promise<void>;
  /** Lets a suspended workflow go on (ResumeWorkflow). */
  resume(instanceId: string, options?: CallEnd): Promise<void>;
  /** Ends a workflow and those that it started (TerminateWorkflow). */
  terminate(instanceId: string, options?: CallEnd): Promise<void>;
  /**
   * Removes all that is known of a workflow that has ended, and of those that it started (PurgeWorkflow).
   *
   * @throws MechaError `NOT_FOUND` if there is none; `INTERNAL` if it has not ended.
   */
  purge(instanceId: string, options?: CallEnd): Promise<void>;
}

/** Dapr has one workflow engine; the name is what its own SDKs send. */
const workflowComponent = "dapr";

/** Makes the facade of workflows. */
export function createWorkflows(
  { transport }: FacadeContext,
  { apiVersion = "beta1" }: WorkflowsOptions = {},
): Workflows {
  const methods = versions[apiVersion];
  const starting = { operation: "workflow.start" };
  const getting = { operation: "workflow.get", idempotent: true };
  const raising = { operation: "workflow.raiseEvent" };
  // What is paused, resumed or ended already is so afterwards.
  const pausing = { operation: "workflow.pause", idempotent: true };
  const resuming = { operation: "workflow.resume", idempotent: true };
  const terminating = { operation: "workflow.terminate", idempotent: true };
  // The second sending would find nothing.
  const purging = { operation: "workflow.purge" };

  const workflows: Workflows = {
    async start(workflowName, { instanceId = "", input, startAt, ...end } = {}) {
      const request = {
        instanceId,
        workflowComponent,
        workflowName,
        options: startAt === undefined ? {} : { "dapr.workflow.start_time": startAt.toISOString() },
        input: toBytes(input, `The input of workflow "${workflowName}"`),
      };
      return (await transport.unary(methods.start, request, callOf(starting, end))).instanceId;
    },
    async get<T>(instanceId: string, options?: CallEnd) {
      const request = { instanceId, workflowComponent };
      return toInstance<T>(await transport.unary(methods.get, request, callOf(getting, options)));
    },
    waitFor: <T>(instanceId: string, milestone: WorkflowMilestone, options: WaitForOptions = {}) =>
      waitForInstance((end) => workflows.get<T>(instanceId, end), { instanceId, milestone }, options),
    async raiseEvent(instanceId, eventName, { data, ...end } = {}) {
      const eventData = toBytes(data, `The data of event "${eventName}"`);
      const request = { instanceId, workflowComponent, eventName, eventData };
      await transport.unary(methods.raiseEvent, request, callOf(raising, end));
    },
    async pause(instanceId, options) {
      await transport.unary(methods.pause, { instanceId, workflowComponent }, callOf(pausing, options));
    },
    async resume(instanceId, options) {
      await transport.unary(methods.resume, { instanceId, workflowComponent }, callOf(resuming, options));
    },
    async terminate(instanceId, options) {
      await transport.unary(methods.terminate, { instanceId, workflowComponent }, callOf(terminating, options));
    },
    async purge(instanceId, options) {
      await transport.unary(methods.purge, { instanceId, workflowComponent }, callOf(purging, options));
    },
  };
  return workflows;
}

function toBytes(value: unknown, subject: string): Buffer {
  return value === undefined ? Buffer.alloc(0) : encodeValue(value, "json", subject);
}
