import { commandRulesKey, readCommandRules } from "@mecha/spec";
import { keyPrefix } from "../../components/key-prefix.js";
import type { RunningComponent } from "../../registry.js";

/** What the YAML of a component says of sessions with its backend. */
export interface SessionPolicy {
  /** Whether a command may pass, named as in `INFO commandstats`. */
  allows(fullName: string): boolean;
  /** What is answered to one that may not, without `-` and line end. */
  refusalOf(fullName: string): string;
  /** What stands before each key on the server and is not seen by clients; absent for nothing. */
  readonly prefix: Buffer | undefined;
  /** What is answered to a command whose keys cannot be told, where there is a prefix. */
  unprefixedRefusalOf(fullName: string): string;
}

/** Metadata of a component that says what stands before the keys of its native sessions: as `keyPrefix`, but `none` by default. */
const keyPrefixKey = "mecha.sessionKeyPrefix";

/**
 * Reads `mecha.sessionCommands` and `mecha.sessionKeyPrefix` of a component.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a value that makes no sense
 */
export function readSessionPolicy({ name, type, metadata }: RunningComponent, appId: string): SessionPolicy {
  const commands = entryOf(metadata, commandRulesKey) ?? "";
  const prefix = keyPrefix((entryOf(metadata, keyPrefixKey) ?? "none").toLowerCase(), name, appId);
  return {
    prefix: prefix === "" ? undefined : Buffer.from(prefix),
    unprefixedRefusalOf: (fullName) =>
      `ERR ${shown(fullName)} is not supported by Mecha on ${type}: it would reach keys of others, ` +
      `from whom ${keyPrefixKey} of component ${name} sets this app apart`,
    allows: readCommandRules(commands, name),
    refusalOf: (fullName) =>
      `ERR ${shown(fullName)} is not supported by Mecha on ${type}: ` +
      `component ${name} does not allow it, which +${fullName} in its metadata ${commandRulesKey} would`,
  };
}

function shown(fullName: string): string {
  return fullName.replace("|", " ").toUpperCase();
}

/** Names of metadata are read as daprd reads them: without regard to case. */
function entryOf(metadata: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.entries(metadata).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}
