import type { Mecha } from "@mecha/sdk-core";
import type { FactoryProvider } from "@nestjs/common";
import { defaultRuntimeName, mechaToken } from "../module/runtime-name.js";
import type { MechaServerOptions } from "./mecha-server-options.js";
import { MechaServer } from "./mecha-server.js";

/** A server that shares connection and host with `MechaModule`. */
export interface SharedServerOptions extends MechaServerOptions {
  /** Name of the runtime, where the app has several. @defaultValue `default` */
  readonly runtime?: string;
}

/**
 * A provider of {@link MechaServer} for an app that has `MechaModule` too: one connection, and one host for the handlers of both.
 *
 * `app.connectMicroservice({ strategy: app.get(MechaServer) })` before the app starts; without HTTP,
 * `NestFactory.createMicroservice(AppModule, { inject: [MechaServer], useFactory: (strategy) => ({ strategy }) })`.
 */
export function provideMechaServer({
  runtime = defaultRuntimeName,
  ...options
}: SharedServerOptions = {}): FactoryProvider<MechaServer> {
  return {
    provide: MechaServer,
    inject: [mechaToken(runtime)],
    useFactory: (mecha: Mecha) => new MechaServer(options, { mecha, runtime }),
  };
}
