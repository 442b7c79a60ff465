import type { ConfigurationStore } from "./configuration-store.js";
import type { ConversationProvider } from "./conversation-provider.js";
import type { CryptoProvider } from "./crypto-provider.js";
import type { LockStore } from "./lock-store.js";
import type { Binding } from "./input-binding.js";
import type { PubSub } from "./pub-sub.js";
import type { SecretStore } from "./secret-store.js";
import type { StateStore } from "./state-store.js";

/** Where a component says what a person should know. Never given secrets. */
export interface ComponentLogger {
  /** Says what only helps to find a mistake. */
  debug(message: string): void;
  /** Says what happened in good order. */
  info(message: string): void;
  /** Says what went wrong and was mended, or will be tried again. */
  warn(message: string): void;
  /** Says what went wrong for good. */
  error(message: string): void;
}

/** What a runtime hands to a component when it is created. */
export interface ComponentContext {
  /** Name of the component, as in its YAML. */
  readonly name: string;
  /** Type of the component, for example `state.redis`. */
  readonly type: string;
  /** `spec.metadata` with secret references and environment variables resolved. Values are strings, as in Dapr. */
  readonly metadata: Readonly<Record<string, string>>;
  /** App id of the process that the component serves. */
  readonly appId: string;
  /** Folder against which relative paths in `metadata` are resolved (the project root). */
  readonly baseFolder: string;
  /** Where to report. */
  readonly logger: ComponentLogger;
}

/** What every component has besides its building block's methods. */
export interface Component {
  /**
   * What this component talks to, for reports and logs: scheme, host and port or a file, never credentials.
   *
   * Example: `redis://127.0.0.1:6379/0`, `file:.mecha/state.db`, `memory`.
   */
  readonly backend: string;
  /** Rejects when the backend does not answer. */
  ping?(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Releases sockets, timers and files. Idempotent. */
  close?(): Promise<void>;
}

/** The contract behind each prefix of a component type. */
export interface ComponentByKind {
  readonly state: StateStore;
  readonly pubsub: PubSub;
  readonly configuration: ConfigurationStore;
  readonly bindings: Binding;
  readonly secretstores: SecretStore;
  readonly lock: LockStore;
  readonly crypto: CryptoProvider;
  readonly conversation: ConversationProvider;
}

/** The prefixes of component types (`state.redis` is of kind `state`). */
export type ComponentKind = keyof ComponentByKind;

/** One implementation: what a file of `@mecha/components` exports as `component`. */
export interface ComponentDefinition<
  K extends ComponentKind = ComponentKind,
  C extends ComponentByKind[K] = ComponentByKind[K],
> {
  /** Full type name, for example `state.redis`. */
  readonly type: `${K}.${string}`;
  /** Versions that this implementation serves. @defaultValue `["v1"]` */
  readonly versions?: readonly string[];
  /** Whether all data is gone when the process ends; such a component refuses production. @defaultValue `false` */
  readonly volatile?: boolean;
  /**
   * Makes a component and connects it. A backend that is down must reject with `UNAVAILABLE` that names component and
   * address; wrong metadata with `CONFIGURATION_INVALID` that names the key.
   */
  create(context: ComponentContext): Promise<C>;
}
