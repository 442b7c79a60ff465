import * as z from "zod/mini";
import { durationMs } from "../resources/duration.js";
import type { OtelSettings, TracingSettings } from "./tracing-settings.js";

/** daprd's rate where none is given, or none that is a number. */
const defaultSamplingRate = 1e-4;

const text = z.nullish(z.string({ error: "text is required" }));
const flag = z.nullish(z.boolean({ error: "true or false is required" }));

const header = z.union([
  z.string(),
  z.object({ name: z.string(), value: z.nullish(z.union([z.string(), z.number(), z.boolean()])) }),
]);

/** The shape of `spec.tracing`. */
export const tracingSchema = z.nullish(
  z.object(
    {
      samplingRate: z.nullish(z.union([z.string(), z.number()], { error: 'a number such as "1" is required' })),
      stdout: flag,
      zipkin: z.nullish(z.object({ endpointAddress: text })),
      otel: z.nullish(
        z.object({
          endpointAddress: text,
          protocol: z.nullish(z.enum(["", "http", "grpc"], { error: 'the protocol is "http" or "grpc"' })),
          isSecure: flag,
          headers: z.nullish(z.array(header, { error: "a list of headers is required" })),
          timeout: z.nullish(
            z.string({ error: 'a duration such as "5s" is required' }).check(
              z.refine((value: string) => durationMs(value) !== undefined, {
                error: 'a duration such as "5s" is required',
              }),
            ),
          ),
        }),
      ),
    },
    { error: "an object with samplingRate is required" },
  ),
);

/** Reads `spec.tracing` as daprd does; nothing for a Configuration without it. */
export function tracingSettingsOf(spec: z.infer<typeof tracingSchema>): TracingSettings | undefined {
  if (spec === undefined || spec === null) return undefined;
  const zipkinEndpoint = spec.zipkin?.endpointAddress ?? "";
  const otel = otelSettingsOf(spec.otel);
  return {
    samplingRate: rateOf(spec.samplingRate),
    stdout: spec.stdout ?? false,
    ...(zipkinEndpoint !== "" && { zipkinEndpoint }),
    ...(otel !== undefined && { otel }),
  };
}

function rateOf(given: string | number | null | undefined): number {
  if (given === undefined || given === null || given === "") return defaultSamplingRate;
  const rate = Number(given);
  return Number.isNaN(rate) ? defaultSamplingRate : Math.min(Math.max(rate, 0), 1);
}

type OtelSpec = NonNullable<NonNullable<z.infer<typeof tracingSchema>>["otel"]>;

/** As in daprd, an endpoint without a protocol is none. */
function otelSettingsOf(spec: OtelSpec | null | undefined): OtelSettings | undefined {
  const { endpointAddress = "", protocol = "", isSecure, headers, timeout } = spec ?? {};
  if (!endpointAddress || !protocol) return undefined;
  const timeoutMs = durationMs(timeout ?? "");
  return {
    endpointAddress,
    protocol,
    isSecure: isSecure ?? true,
    headers: Object.fromEntries((headers ?? []).map(toHeader)),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

function toHeader(given: z.infer<typeof header>): readonly [string, string] {
  if (typeof given !== "string") return [given.name, String(given.value ?? "")];
  const [name = "", ...value] = given.split("=");
  return [name.trim(), value.join("=").trim()];
}
