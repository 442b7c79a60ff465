export type { TestFunctions } from "./test-functions.js";
export { stateStoreSuite, type StateStoreSupports } from "./state-store-suite.js";
export { bindingSuite, type BindingSupports } from "./binding-suite.js";
export { pubSubSuite, type PubSubSupports } from "./pub-sub-suite.js";
export { configurationSuite, type ConfigurationFixture, type ConfigurationSupports } from "./configuration-suite.js";
export { cryptoProviderSuite } from "./crypto-provider-suite.js";
export { createSuiteKeys, type SuiteKey } from "./suite-keys.js";
export { secretStoreSuite, suiteSecrets, type SecretStoreSupports } from "./secret-store-suite.js";
export { conversationSuite, type ConversationSupports } from "./conversation-suite.js";
export { lockStoreSuite, type LockStoreSupports } from "./lock-store-suite.js";
export { nameResolverSuite, suitePort, type NameResolverSupports } from "./name-resolver-suite.js";
export { suiteTitles, type ComponentSuite } from "./suite-titles.js";
export { collectSuite, type CollectedSuite, type CollectedTest } from "./collect-suite.js";
export {
  componentYaml,
  useComponents,
  type ComponentDefinition,
  type ComponentFolder,
  type ComponentFolderOptions,
} from "./component-folder.js";
export { startProgram, type ProgramOptions, type ProgramUnderTest } from "./program-under-test.js";
export { serveAttachedApp, type AttachedApp } from "./attached-app.js";
export { within } from "./within.js";
export { eventually } from "./eventually.js";
export {
  daprApiSuite,
  type DaprApiComponents,
  type DaprApiEndpoint,
  type DaprApiRun,
  type DaprApiService,
  type DaprApiSupports,
  type DaprApiTarget,
  type DaprRpc,
} from "./dapr-api-suite/dapr-api-suite.js";
export {
  serveSuiteServers,
  suiteComponents,
  suiteFiles,
  suiteRun,
  type SuiteServers,
} from "./dapr-api-suite/suite-run.js";
export { workflowRpcs } from "./dapr-api-suite/workflow-rpcs.js";
export { serveEcho, type Echo, type EchoServer } from "./dapr-api-suite/echo-server.js";
export {
  serveModel,
  type AskedCompletion,
  type CompletionAnswer,
  type ModelServer,
} from "./dapr-api-suite/model-server.js";
export {
  httpApiSuite,
  type HttpApiComponents,
  type HttpApiRun,
  type HttpApiTarget,
} from "./http-api-suite/http-api-suite.js";
export {
  callsInSuite,
  type CallsInComponents,
  type CallsInRun,
  type CallsInTarget,
} from "./calls-in-suite/calls-in-suite.js";
