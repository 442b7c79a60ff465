import { daprError } from "../errors/dapr-error.js";

const truthy = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falsy = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/**
 * Whether metadata asks for bytes without a CloudEvent around them (`rawPayload`), read as Go reads booleans.
 *
 * @throws MechaError `INVALID_ARGUMENT` for anything else.
 */
export function isRawPayload(metadata: Readonly<Record<string, string>>, pubsubName: string): boolean {
  const text = metadata["rawPayload"] ?? "";
  if (text === "" || falsy.has(text)) return false;
  if (truthy.has(text)) return true;
  throw daprError(
    "pubsubMetadata",
    `failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is '${text}'`,
    { component: pubsubName },
  );
}
