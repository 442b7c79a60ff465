import type { Observable } from "rxjs";

/**
 * A value of a configuration store that stays current: what `@ConfigurationValue()` injects.
 *
 * @typeParam T - what `parse` makes of the text
 */
export interface LiveValue<T = string> {
  /** The value by now. */
  readonly value: T;
  /** Each later value; completes when the app closes. */
  readonly changes: Observable<T>;
}

/** How the text of a value is read. */
export interface ConfigurationValueOptions<T> {
  /**
   * Makes a value of the text. If it throws, the start fails; later, the value stays as it was and the error is logged.
   *
   * @defaultValue the text
   */
  readonly parse?: (text: string) => T;
  /**
   * The value while the store has none.
   *
   * @defaultValue the start fails without a value; one that is removed later stays as it was
   */
  readonly default?: T;
  /** What the component wants to know besides the key. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the runtime, where the app has several. @defaultValue `default` */
  readonly runtime?: string;
}
