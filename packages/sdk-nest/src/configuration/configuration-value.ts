import type { InjectDecorator } from "../inject/inject.js";
import { followValue } from "./followed-value.js";
import { injectValue } from "./injected-value.js";
import type { ConfigurationValueOptions } from "./live-value.js";

/**
 * Injects a {@link LiveValue} of a configuration store, by the name of its component. The app starts once it is read, and its
 * `value` follows the store from then on.
 */
export function ConfigurationValue(
  store: string,
  key: string,
  options?: Omit<ConfigurationValueOptions<string>, "parse">,
): InjectDecorator;
export function ConfigurationValue<T>(
  store: string,
  key: string,
  options: ConfigurationValueOptions<T> & { readonly parse: (text: string) => T },
): InjectDecorator;
export function ConfigurationValue<T>(
  store: string,
  key: string,
  options: ConfigurationValueOptions<T> = {},
): InjectDecorator {
  return injectValue({
    runtime: options.runtime,
    title: `@ConfigurationValue(${JSON.stringify(store)}, ${JSON.stringify(key)})`,
    read: (mecha) => followValue(mecha, { store, key }, options),
  });
}
