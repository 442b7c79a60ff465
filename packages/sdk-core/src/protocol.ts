// The wire side of the SDK, for runtimes, doors and transports: messages as generated, methods, and who answers them.
export { appCallbackMethods, daprMethods, type DaprHandlers } from "./dapr-methods.js";
export {
  methodsOf,
  type MessageType,
  type MethodsOf,
  type StreamMethod,
  type UnaryMethod,
} from "./transport/method.js";
export { nativeSessionPath, type CallOptions, type Metadata, type Transport } from "./transport/transport.js";
export type { CallContext, HandlerOf, HandlersOf, StreamHandler, UnaryHandler } from "./transport/handler.js";
export type { AppChannel } from "./app/app-channel.js";
export type {
  EmbeddedRuntimeModule,
  EmbeddedRuntimeOptions,
  RuntimeConnection,
} from "./connection/runtime-connection.js";
export * as common from "./generated/dapr/proto/common/v1/common.js";
export * as appCallback from "./generated/dapr/proto/runtime/v1/appcallback.js";
export * as bindings from "./generated/dapr/proto/runtime/v1/binding.js";
export * as configuration from "./generated/dapr/proto/runtime/v1/configuration.js";
export * as invocation from "./generated/dapr/proto/runtime/v1/invoke.js";
export * as metadata from "./generated/dapr/proto/runtime/v1/metadata.js";
export * as pubsub from "./generated/dapr/proto/runtime/v1/pubsub.js";
export * as secrets from "./generated/dapr/proto/runtime/v1/secret.js";
export * as state from "./generated/dapr/proto/runtime/v1/state.js";
export { Empty } from "./generated/google/protobuf/empty.js";
