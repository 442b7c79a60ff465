import * as z from "zod/mini";
import type { NameResolutionSettings } from "./name-resolution-settings.js";

const text = z.string({ error: "text is required" });

/** The section `nameResolution` of a Configuration. */
export const nameResolutionSchema = z.nullish(
  z.object({
    component: z.nullish(text),
    version: z.nullish(text),
    configuration: z.nullish(z.record(z.string(), z.unknown(), { error: "settings by their names are required" })),
  }),
);

/** Reads the section; `undefined` where it names no component: apps are found on this machine then. */
export function nameResolutionOf(section: z.infer<typeof nameResolutionSchema>): NameResolutionSettings | undefined {
  const { component, configuration } = section ?? {};
  if (component === undefined || component === null || component === "") return undefined;
  return { component, configuration: configuration ?? {} };
}
