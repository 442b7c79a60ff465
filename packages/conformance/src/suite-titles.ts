/**
 * The name of the group under which each suite of a component kind declares its tests, by the name of the suite: what a report of
 * test results finds them by. A test of a component puts the type of the component above it: `describe("state.acme", …)`.
 */
export const suiteTitles = {
  stateStoreSuite: "a state store",
  pubSubSuite: "a pub/sub component",
  bindingSuite: "a binding",
  configurationSuite: "a configuration store",
  secretStoreSuite: "a secret store",
  lockStoreSuite: "a lock store",
  cryptoProviderSuite: "a crypto component",
  conversationSuite: "a conversation component",
} as const;

/** The name of a suite of a component kind. */
export type ComponentSuite = keyof typeof suiteTitles;
