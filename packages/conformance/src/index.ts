export type { TestFunctions } from "./test-functions.js";
export { stateStoreSuite, type StateStoreSupports } from "./state-store-suite.js";
