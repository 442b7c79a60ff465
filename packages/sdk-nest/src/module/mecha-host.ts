import type { Host, HttpMiddleware } from "@mecha/sdk-core";
import {
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from "@nestjs/common";
import { checkComponents, componentsOfHandlers, componentsOfHandles } from "../explorer/check-components.js";
import { checkWiring } from "../explorer/check-wiring.js";
import { type FoundApp, findHandlers } from "../explorer/find-handlers.js";
import { MethodCaller } from "../explorer/method-caller.js";
import { addHandlers, handlersOfRuntime, loadedComponents, requireWired } from "../explorer/start-handlers.js";
import { observeCalls } from "../handlers/observe-calls.js";
import { mayUseAppPort, usesAppPort } from "./app-port.js";
import type { ConnectedRuntime } from "./connected-runtime.js";
import { handlerSource, handlerSourcesOf } from "./handler-source.js";
import type { NestParts } from "./nest-parts.js";
import { defaultRuntimeName, runtimesIn } from "./runtime-name.js";

/**
 * The app side of one runtime. Handlers are called once all modules are initialised, until the app shuts down: then calls under
 * way end, and the connection closes last.
 */
export class MechaHost implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #name: string;
  readonly #connected: ConnectedRuntime;
  readonly #nest: NestParts;
  readonly #logger: Logger;
  #host: Host | undefined;
  #routes: HttpMiddleware | undefined;

  constructor(name: string, connected: ConnectedRuntime, nest: NestParts) {
    this.#name = name;
    this.#connected = connected;
    this.#nest = nest;
    this.#logger = new Logger(name === defaultRuntimeName ? "Mecha" : `Mecha:${name}`);
  }

  /** Stands before the app's routes, where calls come in on the app's own port. */
  mount(): void {
    const { mecha, options } = this.#connected;
    if (!mayUseAppPort(mecha, options)) return;
    const [{ httpAdapter }] = this.#nest;
    httpAdapter.use(((request, response, next) => {
      if (this.#routes === undefined) next();
      else this.#routes(request, response, next);
    }) satisfies HttpMiddleware);
  }

  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      // Nest calls no hooks of an app that did not start.
      await this.#connected.mecha.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { mecha, options, observer } = this.#connected;
    const [, creator, discovery, scanner] = this.#nest;
    const app = findHandlers(discovery, scanner);
    const mine = handlersOfRuntime(app, this.#name);
    const onError = (error: Error, fatal: boolean): void => {
      this.#report(error, fatal);
    };
    const host = mecha.host({ onError, ...options.host });
    const observe = observer === undefined ? undefined : observeCalls(observer);
    const warn = (message: string): void => {
      this.#logger.warn(message);
    };
    const runtimes = runtimesIn(discovery.getProviders().map(({ token }) => token));
    requireWired([
      ...checkWiring(app, { runtimes, parameterTypes: options.checkParameterTypes ?? true }),
      ...addHandlers(host, mine, { runtime: this.#name, caller: new MethodCaller(creator), observe, warn }),
      ...(options.checkComponents === false ? [] : await this.#checkComponents(mine)),
    ]);
    const sources = handlerSourcesOf(discovery.getProviders(), this.#name);
    const added = sources.reduce((count, source) => count + source[handlerSource](host), 0);
    if (mine.handlers.length === 0 && mine.actors.length === 0 && added === 0) return;
    if (this.#hasHttp() && (await usesAppPort(mecha, options))) this.#routes = host.router();
    this.#host = host;
    await host.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#host?.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#connected.mecha.close();
  }

  async #checkComponents({ handlers }: FoundApp): Promise<readonly string[]> {
    const [, , discovery] = this.#nest;
    const wrappers = [...discovery.getProviders(), ...discovery.getControllers()];
    const named = [...componentsOfHandlers(handlers), ...componentsOfHandles(wrappers, this.#name)];
    if (named.length === 0) return [];
    const loaded = await loadedComponents(this.#connected.mecha);
    if (loaded !== undefined) return checkComponents(named, loaded);
    this.#logger.warn("The runtime does not answer yet; names of components are not checked");
    return [];
  }

  #hasHttp(): boolean {
    const [{ httpAdapter }] = this.#nest;
    // An application context has none, whatever the type says.
    return (httpAdapter as typeof httpAdapter | undefined) !== undefined;
  }

  #report(error: Error, fatal: boolean): void {
    if (fatal) this.#logger.error(error.message, error.stack);
    else this.#logger.warn(error.message);
  }
}
