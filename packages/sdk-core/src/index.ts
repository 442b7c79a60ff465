export { connect } from "./connect.js";
export { createMecha, type Mecha, type MechaOptions } from "./mecha.js";
export {
  appIdFrom,
  resolveTarget,
  resourcesPathsFrom,
  type ConnectionTarget,
  type ConnectOptions,
} from "./connection/environment.js";
export type { CallSettings, CircuitBreakerOptions, RetryOptions } from "./call/call-settings.js";
export type { Interceptor, StreamCall, UnaryCall } from "./call/interceptor.js";
export { withIncomingTrace, type IncomingSpan } from "./call/incoming-trace.js";
export type { SidecarConnectionOptions } from "./grpc/grpc-transport.js";
export type { TlsOptions } from "./grpc/tls-settings.js";
export type {
  EmbeddedRuntimeModule,
  EmbeddedRuntimeOptions,
  RuntimeConnection,
} from "./connection/runtime-connection.js";
export type { State } from "./state/state.js";
export type { StateEntry } from "./state/state-entry.js";
export type {
  DeleteItem,
  DeleteOptions,
  SaveItem,
  SaveOptions,
  StateCallOptions,
  StateCoalescing,
  StateConsistency,
  StateGetManyOptions,
  StateGetOptions,
  StateOptions,
  StateTransactionOperation,
  StateTransactionOptions,
} from "./state/state-options.js";
export { stateQuery, type FieldOf, type FilterBuilder, type StateQueryBuilder } from "./state/query/query-builder.js";
export type { QueryFilter, QuerySort, QueryValue, StateQuery } from "./state/query/state-query.js";
export type {
  QueriedValue,
  StateQueryOptions,
  StateQueryPage,
  StateQueryResult,
  UnreadableValue,
} from "./state/query/run-query.js";
export type { PubSub } from "./pubsub/pub-sub.js";
export type {
  BulkEvent,
  BulkPublishOptions,
  BulkPublishResult,
  CloudEventAttributes,
  EventOptions,
  PublishCoalescing,
  PublishOptions,
  PubSubOptions,
} from "./pubsub/publish-options.js";
export type { TopicOptions } from "./pubsub/topic-options.js";
export type { ReceivedEvent } from "./pubsub/received-events.js";
export type { TopicEvent } from "./pubsub/topic-event.js";
export { openSubscription, type OpenSubscription, type SubscriptionOptions } from "./pubsub/open-subscription.js";
export type { SubscriptionTarget } from "./pubsub/streamed-subscription.js";
export type { EventOutcome } from "./pubsub/event-status.js";
export type { Configuration, ConfigurationCallOptions } from "./configuration/configuration.js";
export type {
  ConfigurationSubscribeOptions,
  ConfigurationSubscription,
} from "./configuration/configuration-subscription.js";
export type { ConfigurationValue, ConfigurationValues } from "./configuration/configuration-value.js";
export type { InvokeOptions, InvokeReply, RemoteApp, Verb } from "./invocation/invocation.js";
export { codeFromHttpStatus } from "./invocation/http-status.js";
export type { AppRequestInit } from "./invocation/fetch-app.js";
export type { GrpcClientClass } from "./invocation/grpc-client.js";
export type { Binding, BindingReply, InvokeBindingOptions } from "./bindings/binding.js";
export type { Secret, SecretOptions, Secrets } from "./secrets/secrets.js";
export {
  backendMetadataPrefix,
  type ActiveActors,
  type ActorRuntimeMetadata,
  type AppConnection,
  type AppHealthCheck,
  type LoadedComponent,
  type RegisteredSubscription,
  type RuntimeMetadata,
  type SubscriptionRule,
} from "./metadata/runtime-metadata.js";
export type { ShutdownOptions } from "./metadata/change-runtime.js";
export type { ReadyOptions, RuntimeHealth } from "./health/runtime-health.js";
export type { ReceivedData } from "./received-data.js";
export type { Actor, ActorClient, ActorMethods, ActorType } from "./actors/actor.js";
export type {
  ActorClass,
  ActorContext,
  ActorFactory,
  ActorLifecycle,
  ActorOptions,
  ActorReminder,
  ActorState,
} from "./actors/actor-definition.js";
export type { ActorCalls, InvokeActorOptions } from "./actors/actor-calls.js";
export type { ActorStateEntry, ActorStateOperation, ActorStateStore } from "./actors/actor-state.js";
export type { ActorScheduleOptions, ActorTimerOptions, ActorTimers } from "./actors/actor-timers.js";
export type {
  ActorReminderFailurePolicy,
  ActorReminderOptions,
  ActorReminders,
  ActorTypeReminders,
  RegisteredReminder,
} from "./actors/actor-reminders.js";
export type { Lock, TryLockOptions, UnlockResult } from "./lock/lock.js";
export type { HeldLock } from "./lock/held-lock.js";
export type { WithLockOptions } from "./lock/with-lock.js";
export type { Crypto, DataCipher, DecryptOptions, EncryptOptions, KeyWrapAlgorithm } from "./crypto/crypto.js";
export type { ByteSource } from "./crypto/crypto-requests.js";
export type {
  Encrypted,
  GetKeyOptions,
  PublicKeyFormat,
  SubtleCrypto,
  SubtleDecryptOptions,
  SubtleEncryptOptions,
  SubtleOptions,
} from "./crypto/subtle-crypto.js";
export type { EncryptionAlgorithm, SignatureAlgorithm } from "./crypto/subtle-algorithms.js";
export type { Jobs, ListJobsOptions } from "./jobs/jobs.js";
export type { CalendarFields, JobFailurePolicy, JobOptions, JobSchedule, ScheduledJob } from "./jobs/job-options.js";
export type { Conversation, ConversationPrompt, ConverseAlpha1Options } from "./conversation/conversation.js";
export type { ConversationTool, ConverseOptions, JsonSchema, ToolChoice } from "./conversation/converse-options.js";
export type {
  ConversationChoice,
  ConversationOutput,
  ConversationReply,
  ConversationUsage,
} from "./conversation/conversation-reply.js";
export {
  parseToolArguments,
  type AssistantMessage,
  type ConversationMessage,
  type MessageContent,
  type PromptMessage,
  type ToolCall,
  type ToolMessage,
} from "./conversation/conversation-message.js";
export { ConversationHistory } from "./conversation/conversation-history.js";
export type { RaiseEventOptions, StartWorkflowOptions, Workflows, WorkflowsOptions } from "./workflow/workflows.js";
export type { WorkflowFailure, WorkflowInstance, WorkflowStatus } from "./workflow/workflow-instance.js";
export type { WaitForOptions, WorkflowMilestone } from "./workflow/wait-for-instance.js";
export type { WorkflowApiVersion } from "./workflow/workflow-versions.js";
export type { Host, HostOptions } from "./app/host.js";
export type { Invocation, InvocationHandler, InvocationOptions } from "./app/invocation-handler.js";
export { InvocationReply, type InvocationReplyOptions } from "./app/invocation-reply.js";
export type {
  BulkOptions,
  BulkTopicEvent,
  BulkTopicHandler,
  TopicHandler,
  TopicHandlerOptions,
} from "./app/topic-options.js";
export type { BindingEvent, BindingHandler, BindingOptions } from "./app/binding-handler.js";
export type { JobEvent, JobHandler } from "./app/job-handler.js";
export type { ConfigurationHandler, HealthCheck } from "./app/host-handlers.js";
export type { AppProtocol } from "./app/server-settings.js";
export type { HttpMiddleware } from "./http/http-middleware.js";
export type { AppChannel } from "./app/app-channel.js";
export type { Codec } from "./codec.js";
export type { CallEnd } from "./transport/call-options.js";
export type { CallOptions, Metadata, Transport } from "./transport/transport.js";
export { MechaError, type MechaErrorCode, type MechaErrorDetails } from "@mecha/spec";
