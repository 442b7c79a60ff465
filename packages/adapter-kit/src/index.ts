export { openAdapterSession, type AdapterSession } from "./adapter-session.js";
export { setOwn } from "./set-own.js";
export { createLazySession, type LazySession } from "./lazy-session.js";
export {
  requirePubSub,
  resolveCacheRoute,
  resolveConfigRoute,
  resolveMqRoute,
  resolveRpcRoute,
  respSessionCapability,
  type CacheRoute,
  type ComponentRoute,
  type ConfigRoute,
  type RoutingTable,
} from "./settings/resolve-route.js";
export {
  loadAdapterSettings,
  type AdapterSettings,
  type CacheTarget,
  type ConfigTarget,
  type MqTarget,
  type RpcTarget,
} from "./settings/adapter-settings.js";
export type { Match, Rule, Subject } from "./settings/rule.js";
export {
  callCounter,
  callReport,
  countCalls,
  type CallCounter,
  type CallRecord,
  type CallReport,
  type CallTarget,
} from "./statistics/call-statistics.js";
export { LatencyHistogram, type HistogramBuckets } from "./statistics/latency-histogram.js";
export { holdProcess, type ProcessHold } from "./hold-process.js";
export { registerDropIn } from "./originals/notice-originals.js";
export type { DropIn } from "./originals/find-originals.js";
