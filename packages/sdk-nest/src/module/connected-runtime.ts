import type { Mecha } from "@mecha/sdk-core";
import type { HandlerObserver } from "../handlers/observe-calls.js";
import type { MechaModuleOptions } from "./mecha-module-options.js";

/** A runtime, and how its module was made. */
export interface ConnectedRuntime {
  readonly mecha: Mecha;
  readonly options: MechaModuleOptions;
  /** Hears of every call; tests have one. */
  readonly observer?: HandlerObserver;
}

/** The token of a module's options, which each module has for itself. */
export const optionsToken = "mecha:options";

/** The token under which a module keeps its runtime. */
export function connectedToken(runtime: string): string {
  return `mecha:connected:${runtime}`;
}
