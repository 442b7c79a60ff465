import { expect, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import type { Workflows } from "./workflows.js";

/** Workflows whose only one goes through these statuses, one with each look. */
async function passingThrough(
  ...statuses: readonly string[]
): Promise<{ readonly workflows: Workflows; looks(): number }> {
  let looks = 0;
  const sidecar = await testSidecar({
    getWorkflowBeta1: ({ instanceId }) => {
      const runtimeStatus = statuses[Math.min(looks++, statuses.length - 1)] ?? "";
      const properties = { "dapr.workflow.output": '{"total":10}', "dapr.workflow.custom_status": "half done" };
      return Promise.resolve({ instanceId, workflowName: "w", runtimeStatus, properties });
    },
  });
  return { workflows: sidecar.connect().workflows(), looks: () => looks };
}

it("waits until a workflow runs, or has ended", async () => {
  const first = await passingThrough("PENDING", "PENDING", "RUNNING", "COMPLETED");
  expect((await first.workflows.waitFor("i", "started")).status).toBe("running");
  expect(first.looks()).toBe(3);
  const second = await passingThrough("PENDING", "RUNNING", "CONTINUED_AS_NEW", "SUSPENDED", "COMPLETED");
  const ended = await second.workflows.waitFor<{ total: number }>("i", "ended", { maxPauseMs: 1 });
  expect([ended.status, ended.output?.total, ended.customStatus]).toEqual(["completed", 10, "half done"]);
  expect(second.looks()).toBe(5);
});

it.each(["FAILED", "CANCELED", "TERMINATED", "COMPLETED"])(
  "takes a workflow that is %s for started and ended",
  async (status) => {
    const { workflows, looks } = await passingThrough(status);
    await workflows.waitFor("i", "started");
    await workflows.waitFor("i", "ended");
    expect(looks()).toBe(2);
  },
);

it("stops waiting when its time is over, or it is cancelled, and says where the workflow stands", async () => {
  const { workflows } = await passingThrough("A_NEW_STATUS");
  const late = workflows.waitFor("i", "ended", { timeoutMs: 60 });
  await expect(late).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: expect.stringContaining("it is unknown") as string,
  });
  const cancel = new AbortController();
  const cancelled = workflows.waitFor("i", "ended", { signal: cancel.signal });
  setImmediate(() => cancel.abort());
  await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
});
