import type { TestFunctions } from "../test-functions.js";
import type { HttpApiRun, HttpApiTarget } from "./http-endpoint.js";
import { httpEventTests } from "./http-event-tests.js";
import { createHttpFixture } from "./http-fixture.js";
import { httpInvocationTests } from "./http-invocation-tests.js";
import { httpRuntimeTests } from "./http-runtime-tests.js";
import { httpSettingsTests } from "./http-settings-tests.js";
import { httpStateTests } from "./http-state-tests.js";
import { serveSuiteApp, type SuiteApp } from "./suite-app.js";

export type { HttpApiComponents, HttpApiRun, HttpApiTarget } from "./http-endpoint.js";

/**
 * Declares the tests of Dapr's HTTP API: paths, statuses, headers and bodies, as any HTTP client sees them. The same tests run on
 * daprd and on Mecha's HTTP door. The suite is the app beside the runtime, on a port of its own.
 *
 * @param test - vitest's functions
 * @param open - opens the runtime for an HTTP app on this port, once; resolves when it can be called; the suite closes it
 * @param run - what the runtime has
 */
export function httpApiSuite(
  test: TestFunctions,
  open: (appPort: number) => Promise<HttpApiTarget>,
  run: HttpApiRun,
): void {
  test.describe("Dapr's HTTP API", () => {
    let app: SuiteApp | undefined;
    let target: HttpApiTarget | undefined;
    test.beforeAll(async () => {
      app = await serveSuiteApp(run.components.pubsub);
      target = await open(app.port);
    });
    test.afterAll(async () => {
      await target?.close();
      await app?.close();
    });
    const opened = <T>(value: T | undefined): T => {
      if (value === undefined) throw new Error("the target is open only while tests run");
      return value;
    };
    const fixture = createHttpFixture(test, run, { target: () => opened(target), app: () => opened(app) });
    httpStateTests(fixture);
    httpEventTests(fixture);
    httpSettingsTests(fixture);
    httpInvocationTests(fixture);
    httpRuntimeTests(fixture);
  });
}
