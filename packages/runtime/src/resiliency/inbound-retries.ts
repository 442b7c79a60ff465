import type { ResourceDocument } from "@mecha/sdk-core/resources";
import { durationMs } from "../resources/duration.js";
import { resourceError } from "../resources/resource-error.js";
import { type RetryPolicy, retryPolicy, type RetrySpec } from "./retry-policy.js";

/** The retry policies for what components bring into the app, by the name of the component. */
export type InboundRetries = ReadonlyMap<string, RetryPolicy>;

interface RetryYaml {
  readonly policy?: "constant" | "exponential";
  readonly duration?: string;
  readonly maxInterval?: string;
  readonly maxRetries?: number;
}

/** What of a Resiliency resource is read here; its schema has checked the policies, but not the targets. */
interface ResiliencyYaml {
  readonly spec: {
    readonly policies?: { readonly retries?: Readonly<Record<string, RetryYaml>> | null } | null;
    readonly targets?: {
      readonly components?: Readonly<
        Record<string, { readonly inbound?: { readonly retry?: unknown } | null } | null>
      > | null;
    } | null;
  };
}

/**
 * Reads the retries of inbound targets from Resiliency resources (`spec.targets.components.<name>.inbound.retry`).
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a target that names a policy which is not there
 */
export function readInboundRetries(documents: readonly ResourceDocument[]): InboundRetries {
  const retries = new Map<string, RetryPolicy>();
  for (const document of documents) {
    // The schema of its kind has let it pass.
    const { spec } = document.value as ResiliencyYaml;
    for (const [component, target] of Object.entries(spec.targets?.components ?? {})) {
      const name = target?.inbound?.retry;
      if (typeof name !== "string" || name === "") continue;
      const written = spec.policies?.retries?.[name];
      if (written === undefined) {
        throw resourceError(
          document,
          ["spec", "targets", "components", component, "inbound", "retry"],
          `the retry policy "${name}" is not among "spec.policies.retries"`,
        );
      }
      retries.set(component, retryPolicy(specOf(written)));
    }
  }
  return retries;
}

function specOf({ policy = "constant", duration, maxInterval, maxRetries = -1 }: RetryYaml): RetrySpec {
  const milliseconds = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : durationMs(text);
  return { policy, durationMs: milliseconds(duration), maxIntervalMs: milliseconds(maxInterval), maxRetries };
}
