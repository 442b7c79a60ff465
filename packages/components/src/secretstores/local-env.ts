import type { ComponentDefinition, Secret } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";

/** Variables that hold the runtime's own tokens and settings; daprd gives them to nobody, and so do we. */
function isAllowed(variable: string): boolean {
  const upper = variable.toUpperCase();
  return upper !== "APP_API_TOKEN" && !upper.startsWith("DAPR_");
}

/**
 * `secretstores.local.env`: the variables of this process, as in components-contrib 1.18.
 *
 * Metadata: `prefix`, put before the name of a secret to get its variable; only variables that begin with it are secrets.
 * Each secret has one value, under its own name. Unlike daprd's component, which answers an empty value, an unset variable is no secret.
 */
export const component: ComponentDefinition<"secretstores"> = {
  type: "secretstores.local.env",
  async create(context) {
    const prefix = readMetadata(context).text("prefix", "");
    return {
      backend: "env",
      async get(name) {
        const variable = prefix + name;
        // What every object inherits (`constructor`, …) is no variable.
        const value = isAllowed(variable) && Object.hasOwn(process.env, variable) ? process.env[variable] : undefined;
        return value === undefined ? undefined : { [name]: value };
      },
      async getAll() {
        const secrets = new Map<string, Secret>();
        for (const [variable, value] of Object.entries(process.env)) {
          const name = variable.startsWith(prefix) ? variable.slice(prefix.length) : "";
          if (name !== "" && value !== undefined && isAllowed(variable)) secrets.set(name, { [name]: value });
        }
        return secrets;
      },
    };
  },
};
