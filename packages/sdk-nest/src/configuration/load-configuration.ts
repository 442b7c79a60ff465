import { connect, type ConnectOptions, type Mecha } from "@mecha/sdk-core";
import { standIn } from "./stand-in.js";

/** What is read, and of which runtime. */
export interface LoadOptions {
  /** The keys. @defaultValue all, where the store can list them */
  readonly keys?: readonly string[];
  /** What the component wants to know besides the keys. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The runtime: the same as that of `MechaModule`. @defaultValue the one that the environment names */
  readonly connection?: ConnectOptions;
}

/**
 * A loader for `@nestjs/config`: `ConfigModule.forRoot({ load: [mechaConfiguration("settings")] })`. The values, as texts by
 * their keys, are those of the start; `@ConfigurationValue()` gives one that stays current.
 *
 * @param store - name of the configuration store's component
 */
export function mechaConfiguration(store: string, options: LoadOptions = {}): () => Promise<Record<string, string>> {
  return () =>
    loadFrom(options, async (mecha, given) => {
      const values = await mecha.configuration(store).get(options.keys ?? [], given);
      return [...values].map(([key, { value }]) => [key, value]);
    });
}

/**
 * A loader for `@nestjs/config` that reads secrets: each as a text, or as an object of texts if it has several.
 *
 * @param store - name of the secret store's component
 */
export function mechaSecrets(
  store: string,
  options: LoadOptions = {},
): () => Promise<Record<string, string | Readonly<Record<string, string>>>> {
  return () =>
    loadFrom(options, async (mecha, given) => {
      const secrets = mecha.secrets(store);
      const { keys } = options;
      const found =
        keys === undefined
          ? [...(await secrets.getAll(given))]
          : await Promise.all(keys.map(async (key) => [key, await secrets.get(key, given)] as const));
      return found.map(([key, secret]) => {
        const texts = Object.values(secret);
        return [key, texts.length === 1 && texts[0] !== undefined ? texts[0] : secret];
      });
    });
}

/** Modules of configuration are made before the others, so a loader has a share of the connection for itself. */
async function loadFrom<T>(
  { connection, metadata }: LoadOptions,
  read: (
    mecha: Mecha,
    given: { readonly metadata?: Readonly<Record<string, string>> },
  ) => Promise<readonly (readonly [string, T])[]>,
): Promise<Record<string, T>> {
  const given = metadata === undefined ? {} : { metadata };
  const ofTest = standIn();
  if (ofTest !== undefined) return Object.fromEntries(await read(ofTest, given));
  const mecha = await connect(connection);
  try {
    if (mecha.mode === "sidecar") await mecha.waitUntilReady();
    return Object.fromEntries(await read(mecha, given));
  } finally {
    await mecha.close();
  }
}
