export { MechaError, type MechaErrorDetails } from "./mecha-error.js";
export { goDurationMs } from "./go-duration.js";
export { codeFromGrpcStatus, grpcStatusOf, type MechaErrorCode } from "./error-code.js";
export type {
  Component,
  ComponentByKind,
  ComponentContext,
  ComponentDefinition,
  ComponentKind,
  ComponentLogger,
} from "./component.js";
export type {
  NativeSession,
  NativeSessionOptions,
  StateDelete,
  StateFeature,
  StateGetOptions,
  StateOperation,
  StateRecord,
  StateSet,
  StateStore,
  StateWriteOptions,
  StateWriteResult,
} from "./state-store.js";
export type { LiveValue, StatePlace } from "./state-place.js";
export type {
  StateCondition,
  StateQuery,
  StateQueryItem,
  StateQueryOptions,
  StateQueryPage,
  StateQueryValue,
  StateSort,
} from "./state-query.js";
export type {
  DeliveryOutcome,
  InboundMessage,
  MessageHandler,
  OutboundMessage,
  PublishCancellation,
  PubSub,
  PubSubFeature,
  SubscribeOptions,
  Subscription,
} from "./pub-sub.js";
export type {
  ConfigurationItem,
  ConfigurationItems,
  ConfigurationOptions,
  ConfigurationStore,
} from "./configuration-store.js";
export {
  commandRulesKey,
  fullCommandName,
  isCommandContainer,
  readCommandRules,
  type CommandRules,
} from "./command-rules.js";
export type { BindingRequest, BindingResponse, OutputBinding } from "./output-binding.js";
export type { Binding, BindingEvent, BindingEventHandler, InputBinding } from "./input-binding.js";
export type { Secret, SecretStore } from "./secret-store.js";
export type { LockRequest, LockStore, UnlockOutcome } from "./lock-store.js";
export type {
  CipherUse,
  CryptoOptions,
  CryptoProvider,
  DecipherUse,
  Encrypted,
  JsonWebKey,
  KeyUse,
  PublicKey,
} from "./crypto-provider.js";
export type {
  ConversationChoice,
  ConversationMessage,
  ConversationProvider,
  ConversationReply,
  ConversationRequest,
  ConversationTool,
  ConversationUsage,
  ToolCall,
} from "./conversation-provider.js";
export type {
  AppInstance,
  NameResolver,
  NameResolverContext,
  NameResolverDefinition,
  ResolveRequest,
} from "./name-resolver.js";
