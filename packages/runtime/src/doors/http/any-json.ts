import { type jobs, Value } from "@mecha/sdk-core/protocol";
import { JsonFields } from "./json-fields.js";
import { wrappers } from "./wrapper-values.js";

type Any = NonNullable<jobs.Job["data"]>;

/** Begins the names of types in JSON. */
const typePrefix = "type.googleapis.com/google.protobuf.";

/** Values of parameters in protobuf's JSON form (`{"@type": …, "value": …}`) as messages of the well-known types. */
export function toAnys(fields: JsonFields): Record<string, Any> {
  return Object.fromEntries(fields.names.map((name) => [name, toAny(fields.any(name))]));
}

/** Parameters in protobuf's JSON form. */
export function fromAnys(anys: Readonly<Record<string, Any>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(anys).map(([name, any]) => [name, fromAny(any)]));
}

/** What is no wrapper has a form as `google.protobuf.Value`, which readers of parameters take for the value itself. */
function toAny(json: unknown): Any {
  const isTyped = typeof json === "object" && json !== null && "@type" in json;
  const value = isTyped ? new JsonFields(json).any("value") : json;
  const typeUrl = isTyped ? new JsonFields(json).text("@type") : "";
  const wrapper = wrapperOf(typeUrl);
  if (wrapper !== undefined) return { typeUrl, value: wrapper.encode(value) };
  return { typeUrl: `${typePrefix}Value`, value: Buffer.from(Value.encode(Value.wrap(value ?? null)).finish()) };
}

function fromAny({ typeUrl, value }: Any): unknown {
  if (typeUrl === `${typePrefix}Value`)
    return { "@type": typeUrl, value: Value.unwrap(Value.decode(value)) as unknown };
  return { "@type": typeUrl, value: wrapperOf(typeUrl)?.decode(value) ?? value.toString("base64") };
}

function wrapperOf(typeUrl: string): (typeof wrappers)[string] | undefined {
  const name = typeUrl.startsWith(typePrefix) ? typeUrl.slice(typePrefix.length) : "";
  return Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
}
