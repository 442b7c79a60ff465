export { MechaModule } from "./module/mecha-module.js";
export type {
  MechaModuleOptions,
  MechaOptionsFactory,
  MechaRootAsyncOptions,
  MechaRootClassOptions,
  MechaRootExistingOptions,
  MechaRootFactoryOptions,
  MechaRootOptions,
} from "./module/mecha-module-options.js";
export { type HandleKind, handleToken } from "./inject/handle.js";
export { defaultRuntimeName, mechaToken } from "./module/runtime-name.js";
export {
  InjectActorType,
  InjectApp,
  InjectBinding,
  InjectConfiguration,
  InjectConversation,
  InjectCrypto,
  type InjectDecorator,
  InjectJobs,
  InjectLock,
  InjectMecha,
  InjectPubSub,
  InjectSecrets,
  InjectState,
  InjectSubtleCrypto,
  InjectWorkflows,
} from "./inject/inject.js";
export { ConfigurationValue } from "./configuration/configuration-value.js";
export type { ConfigurationValueOptions, LiveValue } from "./configuration/live-value.js";
export { SecretValue, type SecretValueOptions } from "./configuration/secret-value.js";
export { type LoadOptions, mechaConfiguration, mechaSecrets } from "./configuration/load-configuration.js";
export { OnBinding, OnConfiguration, OnInvoke, OnJob, Subscribe } from "./handlers/on.js";
export type { HandlerDecorator } from "./handlers/handler-metadata.js";
export type {
  OnBindingOptions,
  OnConfigurationOptions,
  OnInvokeOptions,
  OnJobOptions,
  RuntimeChoice,
  SubscribeOptions,
  TopicRule,
} from "./handlers/handler-spec.js";
export { Actor, ActorMethod, InjectActorContext, OnReminder, OnTimer } from "./actors/actor.js";
export type { ActorClassOptions } from "./actors/actor-metadata.js";
export { CloudEvent, EventContext, Payload } from "./handlers/parameters.js";
export type { HandlerContext, HandlerKind } from "./handlers/handler-call.js";
export { DropEvent } from "./outcome/drop-event.js";
export { MechaErrorFilter } from "./errors/mecha-error-filter.js";
