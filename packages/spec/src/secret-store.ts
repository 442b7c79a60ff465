import type { Component } from "./component.js";

/** A secret: one or more named values. */
export type Secret = Readonly<Record<string, string>>;

/** A secret store. Values never reach logs or errors. */
export interface SecretStore extends Component {
  /** Reads a secret; `undefined` if there is none of that name. */
  get(
    name: string,
    options?: { readonly metadata?: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
  ): Promise<Secret | undefined>;
  /** Reads all secrets by name. */
  getAll?(options?: { readonly signal?: AbortSignal }): Promise<ReadonlyMap<string, Secret>>;
}
