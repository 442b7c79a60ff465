import type { GetMetadataResponse } from "../generated/dapr/proto/runtime/v1/metadata.js";
import { backendMetadataPrefix } from "../metadata/runtime-metadata.js";
import type { TopicPlan } from "./topic-plan.js";

/** Components of daprd that acknowledge a message whose handler asked for it again (seen with 1.18). */
const losing: ReadonlySet<string> = new Set(["pubsub.redis", "pubsub.in-memory"]);

/** First minor of daprd that lists its resiliency resources. */
const listsResiliency = 18;

/** Topics that were warned of in this process. */
const warned = new Set<string>();

/**
 * Warns once per topic whose events do not come again by themselves when a handler fails, where the sidecar lists no
 * Resiliency resource, or is too old to say.
 */
export function warnOfLostRetries(topics: readonly TopicPlan[], sidecar: GetMetadataResponse): void {
  const isTelling = minorOf(sidecar.runtimeVersion) >= listsResiliency;
  if (sidecar.resiliencies.length > 0) return;
  for (const { pubsubName, topic } of topics) {
    const component = sidecar.registeredComponents.find(({ name }) => name === pubsubName);
    // Mecha's own runtime names its backends, and redelivers by itself.
    if (component === undefined || sidecar.extendedMetadata[backendMetadataPrefix + pubsubName] !== undefined) continue;
    const key = JSON.stringify([pubsubName, topic]);
    if (!losing.has(component.type) || warned.has(key)) continue;
    warned.add(key);
    const state = isTelling ? "the sidecar has no Resiliency resource" : "this sidecar cannot tell whether it has one";
    process.emitWarning(
      `Events of topic "${topic}" of "${pubsubName}" (${component.type}) are lost when their handler fails, unless a Resiliency resource has them delivered again, and ${state}`,
      {
        type: "MechaWarning",
        code: "MECHA_NO_REDELIVERY",
        detail: `Put this beside the component:\n${policyFor(pubsubName)}`,
      },
    );
  }
}

function policyFor(pubsubName: string): string {
  return [
    "apiVersion: dapr.io/v1alpha1",
    "kind: Resiliency",
    "metadata: { name: redelivery }",
    "spec:",
    "  policies:",
    "    retries: { redeliver: { policy: constant, duration: 500ms, maxRetries: -1 } }",
    "  targets:",
    `    components: { ${JSON.stringify(pubsubName)}: { inbound: { retry: redeliver } } }`,
  ].join("\n");
}

/** Versions that are no numbers are builds of somebody's own: they are taken for new ones. */
function minorOf(version: string): number {
  const match = /^v?1\.(\d+)/u.exec(version);
  return match === null ? Number.POSITIVE_INFINITY : Number(match[1]);
}
