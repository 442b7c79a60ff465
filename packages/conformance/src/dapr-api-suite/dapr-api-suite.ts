import type { TestFunctions } from "../test-functions.js";
import { bindingTests } from "./binding-tests.js";
import { configurationTests } from "./configuration-tests.js";
import type { DaprApiComponents, DaprApiEndpoint, DaprApiSupports } from "./endpoint.js";
import { errorTests } from "./error-tests.js";
import type { DaprApiFixture } from "./fixture.js";
import { invocationTests } from "./invocation-tests.js";
import { metadataTests } from "./metadata-tests.js";
import { pubsubTests } from "./pubsub-tests.js";
import { secretTests } from "./secret-tests.js";
import { stateTests } from "./state-tests.js";

export type { DaprApiComponents, DaprApiEndpoint, DaprApiSupports } from "./endpoint.js";

/** What a run of the suite is about. */
export interface DaprApiRun {
  /** Kinds of components that the endpoint has; the others' tests are not declared. */
  readonly kinds: readonly (keyof DaprApiComponents)[];
  readonly supports: DaprApiSupports;
}

/**
 * Declares the tests that every runtime with the Dapr API passes, written against a transport: the same tests run on the embedded
 * runtime, through any door, and on daprd. Names are random, so backends may be shared.
 *
 * @param test - vitest's functions
 * @param open - opens the endpoint, once; the suite closes it
 * @param run - what the endpoint has and promises
 */
export function daprApiSuite(
  test: TestFunctions,
  open: () => Promise<DaprApiEndpoint>,
  { kinds, supports }: DaprApiRun,
): void {
  test.describe("a runtime with the Dapr API", () => {
    let opened: DaprApiEndpoint | undefined;
    const endpoint = (): DaprApiEndpoint => {
      if (opened === undefined) throw new Error("the endpoint is open only while tests run");
      return opened;
    };
    test.beforeAll(async () => {
      opened = await open();
    });
    test.afterAll(async () => {
      await opened?.close();
    });
    const block: DaprApiFixture["block"] = (kind, body) => {
      if (!kinds.includes(kind)) return;
      test.describe(kind, () => {
        body((title, check) => {
          test.it(title, async () => {
            const name = endpoint().components[kind];
            if (name === undefined) throw new Error(`the endpoint was said to have a component of kind "${kind}"`);
            await check(name, endpoint());
          });
        });
      });
    };
    const fixture: DaprApiFixture = { test, supports, endpoint, block };

    stateTests(fixture);
    pubsubTests(fixture);
    configurationTests(fixture);
    bindingTests(fixture);
    secretTests(fixture);
    invocationTests(fixture);
    metadataTests(fixture);
    errorTests(fixture);
  });
}
