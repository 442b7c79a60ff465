import { MechaError, type Secret } from "@mecha/sdk-core";
import type { InjectDecorator } from "../inject/inject.js";
import { injectValue } from "./injected-value.js";

/** Which text of a secret, and how it is asked for. */
export interface SecretValueOptions {
  /** Name of the text, of a secret that has several. @defaultValue the only one, or the one that is named as the secret */
  readonly property?: string;
  /** What the component wants to know besides the key, for example `version_id`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the runtime, where the app has several. @defaultValue `default` */
  readonly runtime?: string;
}

/**
 * Injects a secret as a string, by the name of the store's component. It is read when the app starts: Dapr's secret stores do
 * not tell of changes.
 */
export function SecretValue(store: string, key: string, options: SecretValueOptions = {}): InjectDecorator {
  const { property, metadata, runtime } = options;
  return injectValue({
    runtime,
    title: `@SecretValue(${JSON.stringify(store)}, ${JSON.stringify(key)})`,
    async read(mecha) {
      const secret = await mecha.secrets(store).get(key, metadata === undefined ? {} : { metadata });
      return textOf(secret, key, property);
    },
  });
}

function textOf(secret: Secret, key: string, property: string | undefined): string {
  const names = Object.keys(secret);
  const name = property ?? (names.length === 1 ? names[0] : key);
  const text = name === undefined ? undefined : secret[name];
  if (text !== undefined) return text;
  throw new MechaError(
    "NOT_FOUND",
    `Secret "${key}" has ${name === undefined ? "no text" : `no text "${name}"`}; it has ${names.length === 0 ? "none" : names.map((each) => `"${each}"`).join(", ")}`,
  );
}
