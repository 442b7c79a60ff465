import { type Mecha, MechaError, type RuntimeMetadata } from "@mecha/sdk-core";
import { Inject } from "@nestjs/common";
import { ModuleRef } from "@nestjs/core";
import { type HealthIndicatorResult, HealthIndicatorService } from "@nestjs/terminus";
import { mechaToken } from "../module/runtime-name.js";

/** Of which runtime, and for how long, is asked. */
export interface HealthOptions {
  /** Name of the runtime, where the app has several. @defaultValue `default` */
  readonly runtime?: string;
  /** How long the runtime may take to answer, in milliseconds. @defaultValue 5000 */
  readonly timeoutMs?: number;
}

/**
 * Health indicators of `@nestjs/terminus` about the runtime behind `MechaModule`: list it in `providers`, and inject it by its
 * class.
 */
export class MechaHealthIndicator {
  readonly #modules: ModuleRef;
  readonly #indicators: HealthIndicatorService;

  constructor(modules: ModuleRef, indicators: HealthIndicatorService) {
    this.#modules = modules;
    this.#indicators = indicators;
  }

  /** Up while the runtime takes calls. */
  async isReachable<Key extends string>(key: Key, options: HealthOptions = {}): Promise<HealthIndicatorResult<Key>> {
    const mecha = this.#mecha(options);
    const { isReady, error } = await mecha.health({ timeoutMs: timeoutOf(options) });
    const session = this.#indicators.check(key);
    return isReady ? session.up({ mode: mecha.mode }) : session.down(error?.message ?? "The runtime is not ready");
  }

  /** Up while the runtime has loaded all of these components; daprd passes over one that fails if it has `ignoreErrors`. */
  hasComponents<Key extends string>(
    key: Key,
    names: readonly string[],
    options: HealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.#ask(key, options, ({ components }) => {
      const missing = names.filter((name) => !components.some((component) => component.name === name));
      return missing.length === 0 ? undefined : { message: `Not loaded: ${missing.join(", ")}`, missing };
    });
  }

  /** Up while the runtime can call the actors that this app hosts; down without a placement service. */
  isHostingActors<Key extends string>(key: Key, options: HealthOptions = {}): Promise<HealthIndicatorResult<Key>> {
    return this.#ask(key, options, ({ actorRuntime }) => {
      if (actorRuntime?.isHostReady === true) return undefined;
      const status = actorRuntime?.status ?? "disabled";
      return { message: `Actors of this app cannot be called: the actor runtime is ${status}`, status };
    });
  }

  async #ask<Key extends string>(
    key: Key,
    options: HealthOptions,
    problemOf: (metadata: RuntimeMetadata) => Readonly<{ message: string; [detail: string]: unknown }> | undefined,
  ): Promise<HealthIndicatorResult<Key>> {
    const session = this.#indicators.check(key);
    try {
      const problem = problemOf(await this.#mecha(options).metadata({ timeoutMs: timeoutOf(options) }));
      return problem === undefined ? session.up() : session.down(problem);
    } catch (thrown) {
      return session.down(MechaError.from(thrown).message);
    }
  }

  #mecha({ runtime }: HealthOptions): Mecha {
    return this.#modules.get<Mecha>(mechaToken(runtime), { strict: false });
  }
}

// By hand: no compiler that builds this package needs to know decorators.
Inject(ModuleRef)(MechaHealthIndicator, undefined, 0);
Inject(HealthIndicatorService)(MechaHealthIndicator, undefined, 1);

function timeoutOf({ timeoutMs = 5_000 }: HealthOptions): number {
  return timeoutMs;
}
