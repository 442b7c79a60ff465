import { once } from "node:events";
import { resolve } from "node:path";
import { catalogue } from "@mecha/components";
import { type ComponentDefinition, MechaError } from "@mecha/spec";
import { RememberedSettings } from "./remembered-settings.js";
import { serveBinding, type ServedBinding } from "./serve-binding.js";

/** What to serve, and where. */
export interface PluggableOptions {
  /** For example `bindings.redis`. */
  readonly types: readonly string[];
  readonly folder: string;
  readonly socketMode: number | undefined;
  /** Whether daprd's settings of components are kept for the next start. */
  readonly remembers: boolean;
}

/**
 * Serves components to daprd until the process is asked to end.
 *
 * @returns the exit code
 */
export async function servePluggable({ types, folder, socketMode, remembers }: PluggableOptions): Promise<number> {
  const served: ServedBinding[] = [];
  const asked = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  const remembered = remembers ? new RememberedSettings(resolve(folder, ".mecha")) : undefined;
  try {
    const definitions = await Promise.all(types.map(definitionOf));
    for (const definition of definitions) {
      const name = `mecha-${definition.type.slice("bindings.".length)}`;
      const socket = resolve(folder, `${name}.sock`);
      served.push(await serveBinding(definition, { socket, socketMode, remembered }));
      process.stderr.write(`[mecha] info: ${definition.type} is served to daprd as bindings.${name} on ${socket}\n`);
    }
    await asked;
    return 0;
  } finally {
    await Promise.all(served.map((binding) => binding.close()));
  }
}

async function definitionOf(type: string): Promise<ComponentDefinition> {
  const load = type.startsWith("bindings.") && Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
  if (load !== undefined) return (await load()).component;
  const known = Object.keys(catalogue).filter((each) => each.startsWith("bindings."));
  throw new MechaError("INVALID_ARGUMENT", `there is no binding "${type}"; there are ${known.join(", ")}`, {
    operation: "cli.arguments",
  });
}
