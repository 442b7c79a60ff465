import type { PubSubFeature } from "@mecha/spec";
import { inputOf, outputOf } from "../bindings/binding-direction.js";
import type { RunningComponent } from "../registry.js";
import { openerOf } from "../sessions/native-session.js";

/** daprd's name for a feature, where it has one. */
const daprNames: Partial<Readonly<Record<PubSubFeature, string>>> = { BULK_PUBLISH: "BULK_PUBSUB" };

/**
 * What GetMetadata says that a component can do: its features, and Mecha's own: `MECHA_SESSION_RESP` (sessions in
 * the protocol of Redis), `MECHA_ATOMIC` (transactions that are all or nothing).
 */
export function capabilitiesOf(running: RunningComponent): string[] {
  switch (running.kind) {
    case "state": {
      const { component } = running as RunningComponent<"state">;
      const { features } = component;
      return [
        ...features,
        ...(features.includes("ETAG") && features.includes("TRANSACTIONAL") ? ["ACTOR"] : []),
        ...(features.includes("TRANSACTIONAL") ? ["MECHA_ATOMIC"] : []),
        ...sessionOf(running),
      ];
    }
    case "pubsub":
      return (running as RunningComponent<"pubsub">).component.features.map((feature) => daprNames[feature] ?? feature);
    case "bindings": {
      const binding = running as RunningComponent<"bindings">;
      return [
        ...(inputOf(binding) === undefined ? [] : ["INPUT_BINDING"]),
        ...(outputOf(binding) === undefined ? [] : ["OUTPUT_BINDING"]),
        ...sessionOf(running),
      ];
    }
    case "configuration":
    case "secretstores":
    case "lock":
    case "crypto":
    case "conversation":
      return [];
  }
}

function sessionOf(running: RunningComponent): string[] {
  return openerOf(running) === undefined ? [] : ["MECHA_SESSION_RESP"];
}
