import { MechaError, type NameResolverContext } from "@mecha/spec";

/** The error for a setting of a name resolver that makes no sense. */
export function invalidSetting({ type }: NameResolverContext, key: string, problem: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", `spec.nameResolution.configuration.${key} (${type}) ${problem}`, {
    operation: "names.open",
    metadata: { key },
  });
}

/** The text of a setting; `undefined` if it is absent or empty. */
export function textSetting(context: NameResolverContext, key: string): string | undefined {
  const value = context.configuration[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw invalidSetting(context, key, "is no text");
}
