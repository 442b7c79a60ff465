import type { ComponentLogger } from "./component.js";

/** Which app is looked for. */
export interface ResolveRequest {
  readonly appId: string;
  /** The namespace of the app: that of the caller, unless it names another (`app.namespace`). */
  readonly namespace: string;
}

/** One process of an app, where others reach its runtime. */
export interface AppInstance extends ResolveRequest {
  /** Address or host name. */
  readonly host: string;
  readonly port: number;
}

/** Finds the runtimes of apps on other machines. */
export interface NameResolver {
  /** What is asked, for reports and logs: never credentials. */
  readonly backend: string;
  /**
   * The addresses (`host:port`, `[v6]:port`) at which the runtimes of an app answer; empty for an app that is not known.
   *
   * @throws MechaError `UNAVAILABLE` if nobody can say
   */
  resolve(request: ResolveRequest, options?: { readonly signal?: AbortSignal }): Promise<readonly string[]>;
  /** Makes a process known until the result is called; absent where names are not kept by the apps themselves. */
  register?(instance: AppInstance): Promise<() => Promise<void>>;
  /** Releases sockets and timers. Idempotent. */
  close?(): Promise<void>;
}

/** What a runtime hands to a name resolver when it is created. */
export interface NameResolverContext {
  /** `spec.nameResolution.component` of the Configuration. */
  readonly type: string;
  /** `spec.nameResolution.configuration`, as written. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** App id of the process that looks for others. */
  readonly appId: string;
  /** Where to report. */
  readonly logger: ComponentLogger;
}

/** One implementation: what a file exports as `nameResolver`. */
export interface NameResolverDefinition {
  /**
   * Makes a resolver. Wrong settings reject with `CONFIGURATION_INVALID` that names the key.
   */
  create(context: NameResolverContext): Promise<NameResolver>;
}
