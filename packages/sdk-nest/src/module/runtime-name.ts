/** The name of the runtime that {@link MechaModule.forRoot} makes where none is given. */
export const defaultRuntimeName = "default";

/** The token of a runtime's connection, for `inject` of a factory provider; `@InjectMecha()` is for constructors. */
export function mechaToken(runtime: string = defaultRuntimeName): string {
  return `${prefix}${runtime}`;
}

const prefix = "mecha:runtime:";

/** The names of the runtimes among the tokens of an app. */
export function runtimesIn(tokens: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    tokens.flatMap((token) =>
      typeof token === "string" && token.startsWith(prefix) ? [token.slice(prefix.length)] : [],
    ),
  );
}
