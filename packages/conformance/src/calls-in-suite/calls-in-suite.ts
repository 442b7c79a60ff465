import type { TestFunctions } from "../test-functions.js";
import { bindingsIn } from "./bindings-in-tests.js";
import type { CallsInRun, CallsInTarget } from "./calls-in.js";
import { invocationIn } from "./invocation-in-tests.js";
import { jobsIn } from "./jobs-in-tests.js";
import { routesIn } from "./routes-in-tests.js";
import { topicsIn } from "./topics-in-tests.js";

export type { CallsInComponents, CallsInRun, CallsInTarget } from "./calls-in.js";

/**
 * Declares the tests of what a runtime calls in an app, on one host with all handlers: the same on the embedded runtime and
 * on daprd, whichever way its calls come. Topics are random, so backends may be shared.
 *
 * @param test - vitest's functions
 * @param open - opens the runtime; the suite closes it
 * @param run - what the runtime has
 */
export function callsInSuite(test: TestFunctions, open: () => Promise<CallsInTarget>, run: CallsInRun): void {
  test.describe("calls into an app", () => {
    const parts = [
      invocationIn(test, run),
      topicsIn(test, run),
      ...(run.callbacks ? [routesIn(test, run)] : []),
      bindingsIn(test, run),
      jobsIn(test, run),
    ];
    let opened: CallsInTarget | undefined;
    test.beforeAll(async () => {
      opened = await open();
      // What fails on purpose is not to be warned of.
      const host = opened.mecha.host({ onError: () => undefined, ...opened.hostOptions });
      for (const { register } of parts) register(host);
      await host.start();
      await opened.ready(host);
    });
    test.afterAll(async () => {
      await opened?.mecha.close();
      await opened?.close();
    });
    const target = (): CallsInTarget => {
      if (opened === undefined) throw new Error("the target is open only while tests run");
      return opened;
    };
    for (const { tests } of parts) tests(target);
  });
}
