import type { Metadata } from "@mecha/sdk-core/protocol";

/** The app that calls another one. */
export interface Caller {
  readonly appId: string;
  readonly namespace: string;
}

/** The namespace of apps for which none is set. */
const defaultNamespace = "default";

/** What goes with each call to another app, to say who calls: daprd's names. */
export function callerMetadata(appId: string): Metadata {
  return { "dapr-caller-app-id": appId, "dapr-caller-namespace": ownNamespace() };
}

/** Who a call comes from, by what its runtime said. */
export function callerOf(metadata: Metadata): Caller {
  return {
    appId: metadata["dapr-caller-app-id"] ?? "",
    namespace: metadata["dapr-caller-namespace"] ?? defaultNamespace,
  };
}

/** The namespace of this runtime: `NAMESPACE`, as in daprd. */
export function ownNamespace(): string {
  const own = process.env["NAMESPACE"] ?? "";
  return own === "" ? defaultNamespace : own;
}
