import { MechaError } from "@mecha/sdk-core";
import { fromWire, toWire } from "./wire-value.js";

/** Version of the envelopes; a reader refuses what it does not know. */
const formatVersion = 1;

/** A call, as it travels in the data of a service invocation. */
export interface RpcRequest {
  readonly group: string;
  readonly args: readonly unknown[];
  /** What the legacy client calls request properties or attachments. */
  readonly properties: Readonly<Record<string, string>>;
  /** How long the caller waits, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * How a provider answered. `resultCode`: `00` done, `01` the method threw, `02` the framework failed, `03` too late,
 * `04` no such method.
 */
export interface RpcResponse {
  readonly resultCode: string;
  /** Message of the error; absent if the call succeeded. */
  readonly errorMessage?: string;
  /** The method's result, or the error it returned. */
  readonly result: unknown;
}

/** Writes a call. */
export function encodeRequest({ group, args, properties, timeoutMs }: RpcRequest): unknown {
  return { formatVersion, group, args: args.map((argument) => toWire(argument)), properties, timeoutMs };
}

/** Reads a call. */
export function decodeRequest(envelope: unknown): RpcRequest {
  const { group, args, properties, timeoutMs } = checked(envelope);
  if (!Array.isArray(args)) throw malformed("args");
  return {
    group: typeof group === "string" ? group : "",
    args: args.map(fromWire),
    properties: stringsOf(properties),
    timeoutMs: typeof timeoutMs === "number" ? timeoutMs : 0,
  };
}

/** Writes an answer. */
export function encodeResponse({ resultCode, errorMessage, result }: RpcResponse): unknown {
  return { formatVersion, resultCode, ...(errorMessage !== undefined && { errorMessage }), result: toWire(result) };
}

/** Reads an answer. */
export function decodeResponse(envelope: unknown): RpcResponse {
  const { resultCode, errorMessage, result } = checked(envelope);
  if (typeof resultCode !== "string") throw malformed("resultCode");
  return { resultCode, ...(typeof errorMessage === "string" && { errorMessage }), result: fromWire(result) };
}

function checked(envelope: unknown): Readonly<Record<string, unknown>> {
  if (typeof envelope !== "object" || envelope === null || Array.isArray(envelope)) throw malformed("envelope");
  const fields = envelope as Readonly<Record<string, unknown>>;
  if (fields["formatVersion"] === formatVersion) return fields;
  throw new MechaError(
    "FAILED_PRECONDITION",
    `An RPC envelope of format ${String(fields["formatVersion"])} was received; this version reads ${String(formatVersion)}. Bring both apps to one version of @mecha/adapter-rpc.`,
  );
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  // The rule: nothing to leave out.
  if (Object.values(value).every((text) => typeof text === "string")) return value as Record<string, string>;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function malformed(field: string): MechaError {
  return new MechaError(
    "DATA_LOSS",
    `An RPC message without a proper ${field} was received; the other side is not Mecha's RPC adapter`,
  );
}
