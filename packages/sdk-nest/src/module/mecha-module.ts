import { connect, type Mecha } from "@mecha/sdk-core";
import { type DynamicModule, Inject, type Provider } from "@nestjs/common";
import { DiscoveryModule } from "@nestjs/core";
import { actorContextProvider } from "../actors/actor-context.js";
import { valueProviders } from "../configuration/injected-value.js";
import { handleProviders } from "../inject/handle.js";
import { connectedToken, type ConnectedRuntime, optionsToken } from "./connected-runtime.js";
import { MechaHost } from "./mecha-host.js";
import { type NestParts, nestParts } from "./nest-parts.js";
import type {
  MechaModuleOptions,
  MechaOptionsFactory,
  MechaRootAsyncOptions,
  MechaRootOptions,
} from "./mecha-module-options.js";
import { defaultRuntimeName, mechaToken } from "./runtime-name.js";

/** Each of several modules has one for itself. */
const hostToken = "mecha:host";

/** Connects a Nest app to a runtime: what `@InjectMecha()` and its kin inject, and who calls decorated methods. */
export class MechaModule {
  readonly #host: MechaHost;

  constructor(host: MechaHost) {
    this.#host = host;
  }

  /**
   * Connects to the runtime that the options or the environment name, as `connect()` does.
   *
   * @returns a global module; give each a name of its own where an app has several
   */
  static forRoot({ name = defaultRuntimeName, ...options }: MechaRootOptions = {}): DynamicModule {
    return rootModule(name, [{ provide: optionsToken, useValue: options }]);
  }

  /** Connects to a runtime with options that a function, a class or another provider makes. */
  static forRootAsync(options: MechaRootAsyncOptions): DynamicModule {
    return rootModule(options.name ?? defaultRuntimeName, optionsProviders(options), options.imports);
  }

  /** Called by Nest when middleware is set up: before the routes of the app. */
  configure(): void {
    this.#host.mount();
  }
}

// By hand: no compiler that builds this package needs to know decorators.
Inject(hostToken)(MechaModule, undefined, 0);

function rootModule(
  name: string,
  options: readonly Provider[],
  imports: NonNullable<DynamicModule["imports"]> = [],
): DynamicModule {
  const token = mechaToken(name);
  const handles = [...handleProviders(name), ...valueProviders(name)];
  return {
    module: MechaModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    providers: [
      ...options,
      { provide: token, inject: [optionsToken], useFactory: connectAs },
      {
        provide: hostToken,
        inject: [connectedToken(name), ...nestParts],
        useFactory: (connected: ConnectedRuntime, ...parts: NestParts) => new MechaHost(name, connected, parts),
      },
      {
        provide: connectedToken(name),
        inject: [token, optionsToken],
        useFactory: (mecha: Mecha, moduleOptions: MechaModuleOptions): ConnectedRuntime => ({
          mecha,
          options: moduleOptions,
        }),
      },
      actorContextProvider,
      ...handles,
    ],
    exports: [token, actorContextProvider.provide, ...handles.map(({ provide }) => provide)],
  };
}

function optionsProviders(options: MechaRootAsyncOptions): readonly Provider[] {
  if ("useFactory" in options) {
    const { inject = [], useFactory } = options;
    return [{ provide: optionsToken, inject: [...inject], useFactory }];
  }
  const maker = "useClass" in options ? options.useClass : options.useExisting;
  const useFactory = (factory: MechaOptionsFactory): ReturnType<MechaOptionsFactory["createMechaOptions"]> =>
    factory.createMechaOptions();
  const made: Provider = { provide: optionsToken, inject: [maker], useFactory };
  return "useClass" in options ? [options.useClass, made] : [made];
}

async function connectAs(options: MechaModuleOptions): Promise<Mecha> {
  const {
    host: _host,
    onAppPort: _mount,
    checkComponents: _components,
    checkParameterTypes: _types,
    ...connection
  } = options;
  return connect(connection);
}
