import { type ComponentContext, MechaError } from "@mecha/spec";

/**
 * The clients of backends, all optional dependencies, and the component types that load them. A test holds this table
 * against `package.json` and the sources.
 */
export const clientUsers = {
  "@noble/curves": ["crypto.dapr.jwks", "crypto.dapr.localstorage"],
  "ali-ons-upstream": ["bindings.rocketmq", "pubsub.rocketmq"],
  "ioredis-upstream": ["bindings.redis", "configuration.redis", "lock.redis", "pubsub.redis", "state.redis"],
  libsql: ["pubsub.sqlite", "state.sqlite"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** An optional dependency of this package. */
export type ClientName = keyof typeof clientUsers;

/**
 * Loads the client of a backend when a component first needs it.
 *
 * @param load - the dynamic import, written where it is needed so that types and bundlers see it
 * @throws `CONFIGURATION_INVALID` if the client is not installed, as with `npm install --omit=optional`
 */
export async function loadClient<T>(context: ComponentContext, name: ClientName, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      `Component "${context.name}" (${context.type}) needs the package "${name}", which cannot be loaded here: ` +
        `${error instanceof Error ? error.message : String(error)}; install optional dependencies too`,
      { cause: error, component: context.name, operation: "component.create" },
    );
  }
}
