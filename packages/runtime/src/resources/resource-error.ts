import { MechaError } from "@mecha/spec";
import type { ResourceDocument } from "@mecha/sdk-core/resources";

/** Where in a document something is wrong: its path from the top, as keys and indexes. */
export type ResourcePath = readonly (string | number)[];

/**
 * The error for a wrong resource: `CONFIGURATION_INVALID` that begins with `file:line` and names resource and key.
 *
 * @param problem - what is wrong and what to do about it, as sentences
 */
export function resourceError(
  document: ResourceDocument,
  path: ResourcePath,
  problem: string,
  cause?: unknown,
): MechaError {
  const name = document.name === "" ? document.kind : `${document.kind} "${document.name}"`;
  return new MechaError("CONFIGURATION_INVALID", `${document.locate(path)}: ${name}: ${problem}`, {
    operation: "resources.read",
    cause,
    ...(document.kind === "Component" && document.name !== "" && { component: document.name }),
  });
}
