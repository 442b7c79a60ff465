export {
  MechaServer,
  type MechaServerEvents,
  type MechaStatus,
  mechaTransport,
  type SharedRuntime,
} from "./mecha-server.js";
export { provideMechaServer, type SharedServerOptions } from "./provide-mecha-server.js";
export type { MechaEventExtras, MechaServerOptions, StandaloneServerOptions } from "./mecha-server-options.js";
export { MechaClient, type MechaClientOptions } from "./mecha-client.js";
export { MechaRecord, type MechaRecordOptions } from "./mecha-record.js";
export { MechaContext } from "./mecha-context.js";
