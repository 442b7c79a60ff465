import type { RunningComponent } from "../../registry.js";
import { commandsKey, readCommandRules } from "./command-rules.js";

/** What the YAML of a component says of sessions with its backend. */
export interface SessionPolicy {
  /** Whether a command may pass, named as in `INFO commandstats`. */
  allows(fullName: string): boolean;
  /** What is answered to one that may not, without `-` and line end. */
  refusalOf(fullName: string): string;
}

/**
 * Reads `mecha.sessionCommands` of a component.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a value that makes no sense
 */
export function readSessionPolicy({ name, type, metadata }: RunningComponent): SessionPolicy {
  const commands = entryOf(metadata, commandsKey) ?? "";
  return {
    allows: readCommandRules(commands, name),
    refusalOf: (fullName) =>
      `ERR ${fullName.replace("|", " ").toUpperCase()} is not supported by Mecha on ${type}: ` +
      `component ${name} does not allow it, which +${fullName} in its metadata ${commandsKey} would`,
  };
}

/** Names of metadata are read as daprd reads them: without regard to case. */
function entryOf(metadata: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.entries(metadata).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}
