import type { Component } from "./component.js";

/** A configuration value. */
export interface ConfigurationItem {
  /** The value; empty if the key was removed (see `removed`). */
  readonly value: string;
  /** Names this version of the value. */
  readonly version: string;
  /** What the store says of the item. */
  readonly metadata: Readonly<Record<string, string>>;
  /** In a change: the key is gone. */
  readonly removed?: boolean;
}

/** Items by key. */
export type ConfigurationItems = ReadonlyMap<string, ConfigurationItem>;

/** How to read or subscribe. */
export interface ConfigurationOptions {
  /** Metadata of the request, as the Dapr API carries it. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * A configuration store. Keys are strings; a store whose items have several parts joins them with `/`
 * (Nacos: `tenant/group/dataId`).
 */
export interface ConfigurationStore extends Component {
  /** Reads keys; absent ones are left out. No keys means all, where the store can list them, else `UNIMPLEMENTED`. */
  get(keys: readonly string[], options?: ConfigurationOptions): Promise<ConfigurationItems>;
  /**
   * Calls `onChange` with the items that changed after the subscription began, in order, never two calls at once.
   * Resolves once changes from now on will be seen. A store that loses its backend reconnects and reports what changed meanwhile.
   */
  subscribe(
    keys: readonly string[],
    onChange: (items: ConfigurationItems) => Promise<void> | void,
    options?: ConfigurationOptions,
  ): Promise<{
    /** Ends the subscription; `onChange` is not called after it. Idempotent. */
    close(): Promise<void>;
  }>;
}
