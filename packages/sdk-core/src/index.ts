export { connect } from "./connect.js";
export { createMecha, type Mecha } from "./mecha.js";
export {
  appIdFrom,
  resolveTarget,
  resourcesPathsFrom,
  type ConnectionTarget,
  type ConnectOptions,
} from "./connection/environment.js";
export type {
  EmbeddedRuntimeModule,
  EmbeddedRuntimeOptions,
  RuntimeConnection,
} from "./connection/runtime-connection.js";
export type {
  SaveItem,
  SaveOptions,
  State,
  StateCallOptions,
  StateEntry,
  StateTransactionOperation,
} from "./state/state.js";
export type { BulkEvent, BulkPublishResult, PublishOptions, PubSub, TopicOptions } from "./pubsub/pub-sub.js";
export type { ReceivedEvent } from "./pubsub/received-events.js";
export type { TopicEvent } from "./pubsub/topic-event.js";
export {
  openSubscription,
  type EventOutcome,
  type OpenSubscription,
  type SubscriptionOptions,
  type SubscriptionTarget,
} from "./pubsub/open-subscription.js";
export {
  removedMetadataKey,
  type Configuration,
  type ConfigurationCallOptions,
  type ConfigurationSubscription,
  type ConfigurationValue,
  type ConfigurationValues,
} from "./configuration/configuration.js";
export type { InvokeOptions, InvokeReply, RemoteApp, Verb } from "./invocation/invocation.js";
export type { Binding, BindingReply } from "./bindings/binding.js";
export type { Secrets } from "./secrets/secrets.js";
export { backendMetadataPrefix, type LoadedComponent, type RuntimeMetadata } from "./metadata/runtime-metadata.js";
export type { Actor, ActorClient, ActorMethods, ActorType } from "./actors/actor.js";
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
export type { Host, HostOptions, TopicHandler } from "./app/host.js";
export { InvocationReply, type Invocation, type InvocationHandler } from "./app/invocation-handler.js";
export type { AppChannel } from "./app/app-channel.js";
export type { Codec } from "./codec.js";
export type { CallEnd } from "./transport/call-options.js";
export type { CallOptions, Metadata, Transport } from "./transport/transport.js";
export { MechaError, type MechaErrorCode, type MechaErrorDetails } from "@mecha/spec";
