// The wire side of the SDK, for runtimes, doors and transports: messages as generated, methods, and who answers them.
import type * as grpcServer from "./grpc/server.js";

export { appCallbackMethods, daprMethods, type DaprHandlers } from "./dapr-methods.js";
export type { MessageType, StreamMethod, UnaryMethod } from "./transport/method.js";
export {
  appGrpcPath,
  nativeCommandEvent,
  nativeSessionPath,
  type CallOptions,
  type Metadata,
  type StatePlaces,
  type Transport,
} from "./transport/transport.js";
export { Deadlines, type Expiring } from "./transport/deadlines.js";
export type { CallContext, HandlerOf, HandlersOf, StreamHandler, UnaryHandler } from "./transport/handler.js";
export type { AppChannel, ConfigurationChange, StreamedInvocation, StreamedReply } from "./app/app-channel.js";
export type { ActorChannel } from "./app/actor-channel.js";
export type {
  EmbeddedRuntimeModule,
  EmbeddedRuntimeOptions,
  RuntimeConnection,
} from "./connection/runtime-connection.js";
export * as common from "./generated/dapr/proto/common/v1/common.js";
export * as actors from "./generated/dapr/proto/runtime/v1/actors.js";
export * as appCallback from "./generated/dapr/proto/runtime/v1/appcallback.js";
export * as bindings from "./generated/dapr/proto/runtime/v1/binding.js";
export * as configuration from "./generated/dapr/proto/runtime/v1/configuration.js";
export * as conversation from "./generated/dapr/proto/runtime/v1/ai.js";
export * as crypto from "./generated/dapr/proto/runtime/v1/crypto.js";
export * as invocation from "./generated/dapr/proto/runtime/v1/invoke.js";
export * as jobs from "./generated/dapr/proto/runtime/v1/jobs.js";
export * as lock from "./generated/dapr/proto/runtime/v1/lock.js";
export * as metadata from "./generated/dapr/proto/runtime/v1/metadata.js";
export * as pubsub from "./generated/dapr/proto/runtime/v1/pubsub.js";
export * as secrets from "./generated/dapr/proto/runtime/v1/secret.js";
export * as state from "./generated/dapr/proto/runtime/v1/state.js";
export * as workflows from "./generated/dapr/proto/runtime/v1/workflow.js";
export { ShutdownRequest } from "./generated/dapr/proto/runtime/v1/dapr.js";
export { Duration } from "./generated/google/protobuf/duration.js";
export { Empty } from "./generated/google/protobuf/empty.js";
export { ListValue, Struct, Value } from "./generated/google/protobuf/struct.js";
export { Timestamp } from "./generated/google/protobuf/timestamp.js";
export { PushQueue } from "./stream/push-queue.js";
export { type ReadyIterator, takeReady } from "./stream/ready-items.js";
export { parsedData, type ParsedEventRequest } from "./pubsub/parsed-data.js";
export { httpStatusOf } from "./call/http-status.js";
export { toValues as toConfigurationValues } from "./configuration/configuration-value.js";
export { isUnsent } from "./call/unsent.js";

/** Loads the gRPC server, and not the client that comes with it elsewhere. */
export const loadGrpcServer = async (): Promise<Pick<typeof grpcServer, "createGrpcServer">> =>
  import("./grpc/server.js");
