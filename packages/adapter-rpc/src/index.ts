export { createRpcInvoker, type RpcCall, type RpcInvoker } from "./invoker.js";
export { provideService, type IncomingCall, type IncomingCallHandler } from "./provider.js";
export type { RpcRequest, RpcResponse } from "./envelope/rpc-envelope.js";
export { serviceId, type ServiceName } from "./service-name.js";
export { holdProcess, registerDropIn, type ProcessHold } from "@mecha/adapter-kit";
export { MechaError } from "@mecha/sdk-core";
