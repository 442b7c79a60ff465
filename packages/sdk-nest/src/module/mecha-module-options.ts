import type { ConnectOptions, HostOptions } from "@mecha/sdk-core";
import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from "@nestjs/common";

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

/** Makes the options of a module, for `useClass` and `useExisting`. */
export interface MechaOptionsFactory {
  /** Called once, before the module connects; what it throws ends the start of the application. */
  createMechaOptions(): MechaModuleOptions | Promise<MechaModuleOptions>;
}

interface AsyncOptions extends Pick<ModuleMetadata, "imports"> {
  /** Name of the runtime, where an app has several. @defaultValue `default` */
  readonly name?: string;
}

/** Options that a function makes. */
export interface MechaRootFactoryOptions extends AsyncOptions {
  /** What the factory is given. */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  /** Makes the options. */
  // The container passes what `inject` names, which the compiler cannot relate to the parameters.
  readonly useFactory: (...injected: never[]) => MechaModuleOptions | Promise<MechaModuleOptions>;
}

/** Options that an object of a class makes, which the module has for itself. */
export interface MechaRootClassOptions extends AsyncOptions {
  readonly useClass: Type<MechaOptionsFactory>;
}

/** Options that a provider of an imported or a global module makes. */
export interface MechaRootExistingOptions extends AsyncOptions {
  readonly useExisting: InjectionToken<MechaOptionsFactory>;
}

/** A module whose options another provider knows. */
export type MechaRootAsyncOptions = MechaRootFactoryOptions | MechaRootClassOptions | MechaRootExistingOptions;
