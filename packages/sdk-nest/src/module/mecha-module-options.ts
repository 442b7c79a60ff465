import type { ConnectOptions, HostOptions } from "@mecha/sdk-core";
import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency } from "@nestjs/common";

/** How a module's runtime is reached, and how it reaches the app. */
export interface MechaModuleOptions extends ConnectOptions {
  /** Where the runtime's calls come in. */
  readonly host?: HostOptions;
  /**
   * Whether the runtime's calls come in on the HTTP port of the Nest app, before its own routes. The sidecar's `--app-port` is
   * then that port, its `--app-protocol` http.
   *
   * @defaultValue `true` beside a sidecar that is told to call a port of the app over HTTP, unless `host` names a port
   */
  readonly onAppPort?: boolean;
  /**
   * Whether the start fails for names of components that the runtime has not loaded.
   *
   * @defaultValue `true`
   */
  readonly checkComponents?: boolean;
  /**
   * Whether the start fails for payloads whose type the compiler did not keep, so that pipes cannot know it.
   *
   * @defaultValue `true`
   */
  readonly checkParameterTypes?: boolean;
}

/** A module whose options are given at once. */
export interface MechaRootOptions extends MechaModuleOptions {
  /** Name of the runtime, where an app has several. @defaultValue `default` */
  readonly name?: string;
}

/** A module whose options another provider knows. */
export interface MechaRootAsyncOptions extends Pick<ModuleMetadata, "imports"> {
  /** Name of the runtime, where an app has several. @defaultValue `default` */
  readonly name?: string;
  /** What the factory is given. */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  /** Makes the options. */
  // The container passes what `inject` names, which the compiler cannot relate to the parameters.
  readonly useFactory: (...injected: never[]) => MechaModuleOptions | Promise<MechaModuleOptions>;
}
