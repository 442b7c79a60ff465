import type { MechaError } from "@mecha/spec";
import { ownNamespace } from "../../access/caller.js";

/** Begins the names of the types of details. */
const typePrefix = "type.googleapis.com/google.rpc.";

/** A component that is not there is no resource that something could be said of. */
const isMissing = /_NOT_(?:FOUND|CONFIGURED)$/u;

/** The details of an error as daprd's HTTP API writes them: what of the request is wrong, the component, the ErrorInfo. */
export function errorDetails(error: MechaError, reason: string, appId: string): readonly unknown[] {
  const { component, message } = error;
  const [, block = ""] = /^DAPR_(STATE|PUBSUB|SCHEDULER)_/u.exec(reason) ?? [];
  const isOfComponent = (block === "STATE" || block === "PUBSUB") && !isMissing.test(reason);
  return [
    ...(reason === "DAPR_STATE_ILLEGAL_KEY"
      ? [detail("BadRequest", { field_violations: [{ description: message }] })]
      : []),
    ...(isOfComponent && component !== undefined
      ? [
          detail("ResourceInfo", {
            resource_type: block.toLowerCase(),
            resource_name: component,
            owner: "",
            description: block === "PUBSUB" ? message : "",
          }),
        ]
      : []),
    detail("ErrorInfo", { reason, domain: "dapr.io", metadata: { ...ofApp(block, reason, appId), ...error.metadata } }),
  ];
}

function detail(type: string, members: Readonly<Record<string, unknown>>): unknown {
  return { "@type": typePrefix + type, ...members };
}

/** Whose request it was, where daprd says so. */
function ofApp(block: string, reason: string, appId: string): Readonly<Record<string, string>> {
  if (block === "SCHEDULER") return { appID: appId, namespace: ownNamespace() };
  return block === "STATE" && isMissing.test(reason) ? { appID: appId } : {};
}
