import { metadataMethods } from "../generated/methods/metadata.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";

/** A component that a runtime has loaded. */
export interface LoadedComponent {
  readonly name: string;
  /** For example `state.redis`. */
  readonly type: string;
  readonly version: string;
  /** For example `ETAG`, `TRANSACTIONAL`; Mecha's own start with `MECHA_`. */
  readonly capabilities: readonly string[];
  /** What it talks to, where the runtime says so (Mecha's do). */
  readonly backend?: string;
}

/** What a runtime says of itself. */
export interface RuntimeMetadata {
  readonly appId: string;
  readonly runtimeVersion: string;
  readonly components: readonly LoadedComponent[];
  readonly extended: Readonly<Record<string, string>>;
}

/** Prefix of the extended metadata under which Mecha's runtime names the backend of a component. */
export const backendMetadataPrefix = "mecha.backend.";

const subject = { operation: "metadata.get", idempotent: true };

/** Asks a runtime what it is and what it has loaded (GetMetadata). */
export async function readRuntimeMetadata(transport: Transport, options?: CallEnd): Promise<RuntimeMetadata> {
  const response = await transport.unary(metadataMethods.getMetadata, {}, callOf(subject, options));
  const extended = response.extendedMetadata;
  return {
    appId: response.id,
    runtimeVersion: response.runtimeVersion,
    components: response.registeredComponents.map(({ name, type, version, capabilities }) => {
      const backend = extended[backendMetadataPrefix + name];
      return { name, type, version, capabilities, ...(backend !== undefined && { backend }) };
    }),
    extended,
  };
}
