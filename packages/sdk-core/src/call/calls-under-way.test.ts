import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { stored, testSidecar } from "../../test/sidecar-fixture.js";
import { CallsUnderWay } from "./calls-under-way.js";

/** A sidecar that answers a read when it is told to. */
async function waitingSidecar() {
  let answer: (() => void) | undefined;
  const sidecar = await testSidecar({
    getState: () =>
      new Promise((resolve) => {
        answer = () => {
          resolve(stored("late"));
        };
      }),
  });
  return { sidecar, isAsked: () => answer !== undefined, answer: () => answer?.() };
}

it("closing waits for calls under way, and refuses new ones with an error that says why", async () => {
  const { sidecar, isAsked, answer } = await waitingSidecar();
  const mecha = sidecar.connect();
  const reading = mecha.state("s").get("a");
  await expect.poll(isAsked).toBe(true);
  const closing = mecha.close();
  await nextTurn();
  await expect(mecha.state("s").get("b")).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    operation: "state.get",
    component: "s",
    message: expect.stringContaining("closed") as unknown,
  });
  answer();
  expect((await reading)?.value).toBe("late");
  await closing;
});

it("closing waits no longer than its time", async () => {
  const calls = new CallsUnderWay();
  calls.begin(undefined);
  await calls.drain(1);
  expect(() => {
    calls.begin(undefined);
  }).toThrow("closed");
});

it("whoever still waits when the connection is closed is told", async () => {
  const { sidecar, isAsked } = await waitingSidecar();
  const mecha = sidecar.connect({ timeoutMs: 0 });
  const reading = mecha.state("s").get("a");
  await expect.poll(isAsked).toBe(true);
  await Promise.all([
    mecha.transport.close(),
    expect(reading).rejects.toMatchObject({ code: "CANCELLED", operation: "state.get", httpStatus: 408 }),
  ]);
  await expect(mecha.state("s").get("b")).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});
