import { createMecha, type Mecha } from "@mecha/sdk-core";
import type { Transport } from "@mecha/sdk-core/protocol";
import type { TestFunctions } from "../test-functions.js";
import { actorTests } from "./actor-tests.js";
import { bindingTests } from "./binding-tests.js";
import { configurationTests } from "./configuration-tests.js";
import { conversationTests } from "./conversation-tests.js";
import { cryptoTests } from "./crypto-tests.js";
import type { DaprApiComponents, DaprApiEndpoint, DaprApiRun, DaprApiTarget } from "./endpoint.js";
import { errorTests } from "./error-tests.js";
import { createFixture } from "./fixture.js";
import { httpBindingTests } from "./http-binding-tests.js";
import { invocationTests } from "./invocation-tests.js";
import { lockTests } from "./lock-tests.js";
import { jobTests } from "./job-tests.js";
import { lackingTransport } from "./lacking-transport.js";
import { metadataTests } from "./metadata-tests.js";
import { pubsubTests } from "./pubsub-tests.js";
import { refusalTests } from "./refusal-tests.js";
import { secretTests } from "./secret-tests.js";
import { stateTests } from "./state-tests.js";
import { subtleCryptoTests } from "./subtle-crypto-tests.js";
import { workflowTests } from "./workflow-tests.js";

export type {
  DaprApiComponents,
  DaprApiEndpoint,
  DaprApiRun,
  DaprApiService,
  DaprApiSupports,
  DaprApiTarget,
  DaprRpc,
} from "./endpoint.js";

/**
 * Declares the tests that every runtime with the Dapr API passes: the same tests run on the embedded runtime, through any
 * door, and on daprd. They are written against the facades, and against the transport for what only the wire shows. Names are
 * random, so backends may be shared.
 *
 * @param test - vitest's functions
 * @param open - opens the runtime, once; the suite closes it
 * @param run - what the runtime has, promises and refuses
 */
export function daprApiSuite(test: TestFunctions, open: () => Promise<DaprApiTarget>, run: DaprApiRun): void {
  test.describe("a runtime with the Dapr API", () => {
    let opened: DaprApiEndpoint | undefined;
    test.beforeAll(async () => {
      opened = endpointOf(await open(), run.components);
    });
    test.afterAll(async () => {
      await opened?.mecha.close();
      await opened?.close();
    });
    const endpoint = (): DaprApiEndpoint => {
      if (opened === undefined) throw new Error("the endpoint is open only while tests run");
      return opened;
    };
    const fixture = createFixture(test, endpoint, run);

    stateTests(fixture);
    pubsubTests(fixture);
    configurationTests(fixture);
    bindingTests(fixture);
    httpBindingTests(fixture);
    secretTests(fixture);
    invocationTests(fixture);
    // daprd starts no workflow any more once an app has hosted actors of its own over a stream and left.
    workflowTests(fixture);
    actorTests(fixture);
    lockTests(fixture);
    cryptoTests(fixture);
    subtleCryptoTests(fixture);
    jobTests(fixture);
    conversationTests(fixture);
    metadataTests(fixture);
    errorTests(fixture);
    refusalTests(fixture, run.refuses ?? []);
  });
}

function endpointOf(target: DaprApiTarget, components: DaprApiComponents): DaprApiEndpoint {
  const { another, ...rest } = target;
  const { mode, attachApp, appId } = rest;
  // The target is closed by the suite: the facades only give their share back.
  const close = (): Promise<void> => Promise.resolve();
  const mechaOver = (transport: Transport): Mecha =>
    createMecha({ transport, mode, close, ...(attachApp && { attachApp }) }, appId);
  return {
    ...rest,
    mecha: mechaOver(target.transport),
    without: (...rpcs) => mechaOver(lackingTransport(target.transport, rpcs)),
    components,
    ...(another && { another: async () => endpointOf(await another(), components) }),
  };
}
