export { MechaTesting, type MechaTestingOptions } from "./mecha-testing.js";
export type { TestComponent, TestingRuntimeOptions } from "./testing-runtime.js";
export type { PublishedEvent } from "./published-events.js";
export type { CallFilter } from "./settled-calls.js";
export type { SettledCall } from "../handlers/observe-calls.js";
export type { HandlerContext, HandlerKind } from "../handlers/handler-call.js";
