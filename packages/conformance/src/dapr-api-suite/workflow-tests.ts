import type { WorkflowInstance, WorkflowMilestone, Workflows } from "@mecha/sdk-core";
import { eventually } from "../eventually.js";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";
import { failingWorkflow, waitingWorkflow, withWorker } from "./workflow-worker.js";

const timeoutMs = 20_000;

/** Workflows, managed from the outside, on a worker of the suite; by the RPCs of both versions. */
export function workflowTests({ test: { expect }, service }: DaprApiFixture): void {
  service("workflow", (it) => {
    for (const apiVersion of ["beta1", "alpha1"] as const) {
      it(`starts a workflow, which goes on with an event and gives its output (${apiVersion})`, ({
        mecha,
        transport,
      }) =>
        withWorker(transport, async () => {
          const workflows = mecha.workflows({ apiVersion });
          const instanceId = uniqueName("w");
          const input = { order: 42 };
          expect(await workflows.start(waitingWorkflow, { instanceId, input, timeoutMs })).toBe(instanceId);
          const started = await reached(workflows, instanceId, "started");
          expect(started).toMatchObject({ instanceId, name: waitingWorkflow, status: "running", input });
          expect(started.createdAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
          await workflows.raiseEvent(instanceId, "finish", { data: { paid: true } });
          const ended = await reached<{ paid: boolean }>(workflows, instanceId, "ended");
          expect([ended.status, ended.output?.paid]).toEqual(["completed", true]);
          await workflows.purge(instanceId);
          expect(await workflows.get(instanceId)).toBeUndefined();
        }));

      it(`suspends a workflow, lets it go on, and ends it (${apiVersion})`, ({ mecha, transport }) =>
        withWorker(transport, async () => {
          const workflows = mecha.workflows({ apiVersion });
          const instanceId = await workflows.start(waitingWorkflow, { timeoutMs });
          expect(instanceId).not.toBe("");
          await reached(workflows, instanceId, "started");
          const hasStatus = async (status: string): Promise<boolean> =>
            (await workflows.get(instanceId))?.status === status;
          await workflows.pause(instanceId);
          await eventually("it is suspended", () => hasStatus("suspended"));
          await workflows.resume(instanceId);
          await eventually("it goes on", () => hasStatus("running"));
          await workflows.terminate(instanceId);
          expect((await reached(workflows, instanceId, "ended")).status).toBe("terminated");
        }));

      it(`knows no workflow that is not there, and refuses ids and names that cannot be (${apiVersion})`, ({
        mecha,
        transport,
      }) =>
        withWorker(transport, async () => {
          const workflows = mecha.workflows({ apiVersion });
          const absent = uniqueName("absent");
          await workflows.start(failingWorkflow, { timeoutMs });
          expect(await workflows.get(absent)).toBeUndefined();
          expect((await failureOf(workflows.waitFor(absent, "ended"))).code).toBe("NOT_FOUND");
          const outcomes = await Promise.all([
            failureOf(workflows.start("")),
            failureOf(workflows.start(waitingWorkflow, { instanceId: "not/this" })),
            failureOf(workflows.start(waitingWorkflow, { instanceId: "x".repeat(65) })),
            failureOf(workflows.get("")),
            failureOf(workflows.raiseEvent(absent, "")),
            failureOf(workflows.terminate(absent)),
            failureOf(workflows.purge(absent)),
            failureOf(workflows.pause("")),
            failureOf(workflows.resume("")),
          ]);
          expect(outcomes.map(({ grpcStatus }) => grpcStatus)).toEqual([3, 3, 3, 3, 3, 5, 5, 3, 3]);
        }));
    }

    it("says why a workflow failed", ({ mecha, transport }) =>
      withWorker(transport, async () => {
        const workflows = mecha.workflows();
        const instanceId = await workflows.start(failingWorkflow, { timeoutMs });
        const { status, failure, output } = await reached(workflows, instanceId, "ended");
        expect([status, failure?.type, failure?.message, output]).toEqual([
          "failed",
          "Refused",
          "not today",
          undefined,
        ]);
      }));

    it("starts a workflow later, and gives up waiting for it in time", ({ mecha, transport }) =>
      withWorker(transport, async () => {
        const workflows = mecha.workflows();
        const startAt = new Date(Date.now() + 60_000);
        const instanceId = await workflows.start(waitingWorkflow, { startAt, timeoutMs });
        const failure = await failureOf(workflows.waitFor(instanceId, "started", { timeoutMs: 200 }));
        expect(failure.code).toBe("DEADLINE_EXCEEDED");
        expect((await workflows.get(instanceId))?.status).toBe("pending");
      }));
  });
}

/** Waits for a workflow. daprd reads its metadata and its inbox one after the other, and fails where they changed in between: then again. */
async function reached<Output>(
  workflows: Workflows,
  instanceId: string,
  milestone: WorkflowMilestone,
): Promise<WorkflowInstance<Output>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await workflows.waitFor<Output>(instanceId, milestone, { timeoutMs });
    } catch (error) {
      if (attempt === 10 || !String(error).includes("missing from state store")) throw error;
    }
  }
}
