export { openEmbeddedRuntime } from "./open-embedded-runtime.js";
export { createRuntime, type Runtime, type RuntimeOptions } from "./runtime.js";
export { serveGrpc, type GrpcDoor, type GrpcDoorAddress, type GrpcDoorOptions } from "./doors/grpc/serve-grpc.js";
export type { Catalogue } from "./components/load-definition.js";
export type { HandlerTable, TableEntry } from "./doors/handler-table.js";
export type { AppChannelProtocol, AppEndpoint } from "./app-channel/app-endpoint.js";
export { serveHttp, type HttpDoor, type HttpDoorAddress, type HttpDoorOptions } from "./doors/http/serve-http.js";
