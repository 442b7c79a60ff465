import { type ConfigurationSubscription, type ConfigurationValues, type Mecha, MechaError } from "@mecha/sdk-core";
import { Logger } from "@nestjs/common";
import { type Observable, Subject } from "rxjs";
import type { ConfigurationValueOptions, LiveValue } from "./live-value.js";

/** Which value of which store. */
interface ValueAddress {
  readonly store: string;
  readonly key: string;
}

const logger = new Logger("Mecha");

/** Follows a value of a configuration store until the connection closes. */
export async function followValue<T>(
  mecha: Mecha,
  address: ValueAddress,
  options: ConfigurationValueOptions<T>,
): Promise<LiveValue<T>> {
  const { store, key } = address;
  const { metadata } = options;
  const given = metadata === undefined ? {} : { metadata };
  const onError = (error: MechaError, fatal: boolean): void => {
    if (fatal) logger.error(error.message, error.stack);
    else logger.warn(error.message);
  };
  const configuration = mecha.configuration(store);
  // Subscribed to first, so that no change falls between.
  const subscription = await configuration.subscribe([key], { ...given, onError });
  try {
    const text = (await configuration.get([key], given)).get(key)?.value;
    const followed = new FollowedValue(address, options, text);
    void followed.follow(subscription);
    return followed;
  } catch (thrown) {
    await subscription.close();
    throw thrown;
  }
}

class FollowedValue<T> implements LiveValue<T> {
  readonly #address: ValueAddress;
  readonly #options: ConfigurationValueOptions<T>;
  readonly #changes = new Subject<T>();
  #value: T;

  constructor(address: ValueAddress, options: ConfigurationValueOptions<T>, text: string | undefined) {
    this.#address = address;
    this.#options = options;
    if (text !== undefined) this.#value = this.#parse(text);
    else if ("default" in options) this.#value = options.default;
    else
      throw new MechaError(
        "CONFIGURATION_INVALID",
        `Configuration store "${address.store}" has no value "${address.key}"; write one, or give the decorator a default`,
        { component: address.store, operation: "configuration.get", metadata: { key: address.key } },
      );
  }

  get value(): T {
    return this.#value;
  }

  get changes(): Observable<T> {
    return this.#changes.asObservable();
  }

  /** Takes changes until there are no more; that they end early is told to `onError` of the subscription. */
  async follow(subscription: ConfigurationSubscription): Promise<void> {
    try {
      for await (const values of subscription) this.#take(values);
    } catch {
      logger.warn(`${this.#title} stays as it is: its subscription has ended`);
    }
    this.#changes.complete();
  }

  #take(values: ConfigurationValues): void {
    const change = values.get(this.#address.key);
    if (change === undefined) return;
    if (!change.isRemoved) {
      try {
        this.#change(this.#parse(change.value));
      } catch (thrown) {
        logger.error(MechaError.from(thrown).message);
      }
    } else if ("default" in this.#options) this.#change(this.#options.default);
    else logger.warn(`${this.#title} was removed and stays as it is`);
  }

  #change(value: T): void {
    this.#value = value;
    this.#changes.next(value);
  }

  #parse(text: string): T {
    const { parse } = this.#options;
    // Without `parse`, T is string: the decorator's overloads see to it.
    if (parse === undefined) return text as T;
    try {
      return parse(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new MechaError("CONFIGURATION_INVALID", `${this.#title} cannot be read: ${reason}`, {
        cause,
        component: this.#address.store,
        operation: "configuration.parse",
      });
    }
  }

  get #title(): string {
    return `Value "${this.#address.key}" of configuration store "${this.#address.store}"`;
  }
}
