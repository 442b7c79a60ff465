import type { ResourceDocument } from "@mecha/sdk-core/resources";
import * as z from "zod/mini";
import { parseResource } from "./parse-resource.js";

const text = (message: string) => z.string({ error: message }).check(z.minLength(1, message));
const dictionary = <T extends z.ZodMiniType>(of: T) => z.nullish(z.record(z.string(), of));

const named = z.object({ name: text("a name is required") }, { error: "metadata with a name is required" });

const configuration = z.object({ metadata: named, spec: dictionary(z.unknown()) });

/**
 * Checks a document of kind Configuration, which is read elsewhere.
 *
 * @throws MechaError `CONFIGURATION_INVALID` at the first thing that is wrong.
 */
export function checkConfiguration(document: ResourceDocument): void {
  parseResource<unknown>(document, configuration);
}
