import type { jobs } from "@mecha/sdk-core/protocol";
import { type JsonFields, malformedBody } from "./json-fields.js";
import { wellKnown } from "./well-known-values.js";
import { type JsonMessage, wrappers } from "./wrapper-values.js";

type Any = NonNullable<jobs.Job["data"]>;

/** Begins the names of types in JSON. */
const typePrefix = "type.googleapis.com/google.protobuf.";

/**
 * Values of parameters in protobuf's JSON form (`{"@type": …, "value": …}`) as messages of the well-known types. As in daprd, an object
 * without a type is nothing.
 *
 * @throws MechaError `INVALID_ARGUMENT` (`ERR_MALFORMED_REQUEST`) for what is no object, for other types, and for a value that is not of its type
 */
export function toAnys(fields: JsonFields): Record<string, Any> {
  return Object.fromEntries(fields.names.map((name) => [name, toAny(fields.fields(name))]));
}

/** Parameters in protobuf's JSON form. */
export function fromAnys(anys: Readonly<Record<string, Any>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(anys).map(([name, any]) => [name, fromAny(any)]));
}

function toAny(json: JsonFields): Any {
  const typeUrl = json.text("@type");
  if (typeUrl === "") return { typeUrl, value: Buffer.alloc(0) };
  const type = typeOf(typeUrl);
  if (type === undefined) throw malformedBody(`there is no type "${typeUrl}"`);
  return { typeUrl, value: type.encode(json.any("value")) };
}

function fromAny({ typeUrl, value }: Any): unknown {
  if (typeUrl === "") return {};
  return { "@type": typeUrl, value: typeOf(typeUrl)?.decode(value) ?? value.toString("base64") };
}

function typeOf(typeUrl: string): JsonMessage | undefined {
  const name = typeUrl.startsWith(typePrefix) ? typeUrl.slice(typePrefix.length) : "";
  if (Object.hasOwn(wrappers, name)) return wrappers[name];
  return Object.hasOwn(wellKnown, name) ? wellKnown[name] : undefined;
}
