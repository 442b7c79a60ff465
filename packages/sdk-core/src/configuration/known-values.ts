import { removedValue, type ConfigurationValue, type ConfigurationValues } from "./configuration-value.js";

interface KnownValue {
  readonly value: ConfigurationValue;
  /** Whether the reader of the subscription got it. */
  readonly isTold: boolean;
}

/** What a subscription knows of its keys, so that a reopened one tells what changed meanwhile and nothing else. */
export class KnownValues {
  readonly #known = new Map<string, KnownValue>();

  /** Takes what was there when the subscription began: later reads are compared with it. */
  begin(current: ConfigurationValues): void {
    for (const [key, value] of current) this.#known.set(key, { value, isTold: false });
  }

  /** What the reader has to be told of values that the runtime announced: all but what it got already. */
  announced(values: ConfigurationValues): ConfigurationValues {
    return this.#tell(values, (known, value) => known?.isTold === true && isSame(known.value, value));
  }

  /** What the reader has to be told when all the keys have been read anew. */
  read(current: ConfigurationValues): ConfigurationValues {
    const gone = [...this.#known]
      .filter(([key, { value }]) => !value.isRemoved && !current.has(key))
      .map(([key]) => [key, removedValue] as const);
    return this.#tell(
      new Map([...current, ...gone]),
      (known, value) => known !== undefined && isSame(known.value, value),
    );
  }

  #tell(
    values: ConfigurationValues,
    isKnown: (known: KnownValue | undefined, value: ConfigurationValue) => boolean,
  ): ConfigurationValues {
    const news = new Map([...values].filter(([key, value]) => !isKnown(this.#known.get(key), value)));
    for (const [key, value] of news) this.#known.set(key, { value, isTold: true });
    return news;
  }
}

function isSame(one: ConfigurationValue, other: ConfigurationValue): boolean {
  return one.value === other.value && one.version === other.version && one.isRemoved === other.isRemoved;
}
