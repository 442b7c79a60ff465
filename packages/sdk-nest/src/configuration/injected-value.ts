import { type Mecha, MechaError } from "@mecha/sdk-core";
import { type FactoryProvider, Inject, Scope } from "@nestjs/common";
import { INQUIRER } from "@nestjs/core";
import { defaultRuntimeName, mechaToken } from "../module/runtime-name.js";
import type { InjectDecorator } from "../inject/inject.js";

/** A value that is read of a runtime where it is injected. */
interface InjectedValue {
  readonly runtime: string;
  /** The decorator as it was written, for messages. */
  readonly title: string;
  readonly read: (mecha: Mecha) => Promise<unknown>;
}

/** Copies of this package, ESM and CommonJS, decorate for each other. */
const key = Symbol.for("mecha.nest.values/1");

/** Every value that a class of this process asked for, by its token. */
function wanted(): Map<symbol, InjectedValue> {
  const holder = globalThis as { [key]?: Map<symbol, InjectedValue> | undefined };
  holder[key] ??= new Map();
  return holder[key];
}

/** Makes the decorator that injects a value. */
export function injectValue(
  value: Omit<InjectedValue, "runtime"> & { readonly runtime?: string | undefined },
): InjectDecorator {
  const token = Symbol(value.title);
  wanted().set(token, { ...value, runtime: value.runtime ?? defaultRuntimeName });
  return Inject(token);
}

/**
 * The providers of all values of a runtime that are wanted by now. They are transient: Nest makes those alone that something
 * injects, and a class that is not part of the app needs no store.
 */
export function valueProviders(runtime: string): readonly FactoryProvider[] {
  return [...wanted()]
    .filter(([, value]) => value.runtime === runtime)
    .map(([provide, { title, read }]) => ({
      provide,
      scope: Scope.TRANSIENT,
      inject: [mechaToken(runtime), { token: INQUIRER, optional: true }],
      useFactory: async (mecha: Mecha, inquirer?: object) => {
        try {
          if (mecha.mode === "sidecar") await mecha.waitUntilReady();
          return await read(mecha);
        } catch (thrown) {
          const error = MechaError.from(thrown);
          const place = inquirer === undefined ? title : `${inquirer.constructor.name}, ${title}`;
          throw new MechaError(error.code, `${place}: ${error.message}`, {
            cause: error,
            operation: "nest.inject",
          });
        }
      },
    }));
}
