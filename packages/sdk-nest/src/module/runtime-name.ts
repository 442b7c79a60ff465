/** The name of the runtime that {@link MechaModule.forRoot} makes where none is given. */
export const defaultRuntimeName = "default";

/** The token of a runtime's connection, for `inject` of a factory provider; `@InjectMecha()` is for constructors. */
export function mechaToken(runtime: string = defaultRuntimeName): string {
  return `mecha:${runtime}`;
}
