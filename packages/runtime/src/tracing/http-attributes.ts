import type { IncomingMessage } from "node:http";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { invocationTarget } from "../doors/http/routes/invocation-target.js";
import type { SpanAttributes } from "./call-span.js";
import type { CallDescription } from "./rpc-attributes.js";

/** A request at the HTTP door and the status that it was answered with. */
export interface AnsweredRequest {
  readonly request: IncomingMessage;
  /** Decoded, without the query. */
  readonly path: string;
  readonly status: number;
}

/** Describes a call over HTTP as daprd does. */
export function describeHttp({ request, path, status }: AnsweredRequest): CallDescription {
  const verb = request.method ?? "GET";
  const { name, attributes } = describeApi(request, verb, path);
  const port = request.socket.remotePort;
  return {
    ...(name !== undefined && { name }),
    attributes: {
      ...attributes,
      "dapr.protocol": "http",
      "dapr.api": `${verb} ${path}`,
      "dapr.status_code": String(status),
      "http.request.method": verb,
      "url.full": request.url ?? "/",
      // So daprd names its caller.
      "server.address": request.socket.remoteAddress ?? "",
      "server.port": port === undefined ? "" : String(port),
    },
  };
}

function describeApi(request: IncomingMessage, verb: string, path: string): CallDescription {
  const target = invocationTarget(path, singleHeaders(request));
  if (target !== undefined) {
    return {
      name: `CallLocal/${target.appId}/${target.method}`,
      attributes: { "rpc.service": "ServiceInvocation", "net.peer.name": target.appId },
    };
  }
  const [, api = "", name = "", ...rest] = path.split("/").filter((part) => part !== "");
  switch (api) {
    case "state":
    case "secrets":
      return { attributes: ofDatabase(api, name, `${verb} ${path}`) };
    case "bindings":
      return { attributes: ofDatabase(api, name, "") };
    case "publish":
      return { attributes: { "messaging.system": "pubsub", "messaging.destination.name": topicOf(name, rest) } };
    case "actors":
      return ofActor(name, rest, `${verb} ${path}`);
    default:
      return { attributes: {} };
  }
}

function ofDatabase(system: string, name: string, statement: string): SpanAttributes {
  return { "db.system": system, "db.connection_string": system, "db.statement": statement, "db.name": name };
}

/** `publish/<pubsub>/<topic>` or `publish/bulk/<pubsub>/<topic>`; a topic may have slashes. */
function topicOf(name: string, rest: readonly string[]): string {
  return (name === "bulk" && rest.length > 1 ? rest.slice(1) : rest).join("/");
}

function ofActor(
  type: string,
  [id = "", what = "", method = ""]: readonly string[],
  statement: string,
): CallDescription {
  const actor = `${type}.${id}`;
  if (what === "state") return { attributes: { "dapr.actor": actor, ...ofDatabase("state", "actor", statement) } };
  if (what !== "method") return { attributes: {} };
  const attributes = { "dapr.actor": actor, "rpc.service": "ServiceInvocation", "net.peer.name": actor };
  return { name: `CallActor/${type}/${method}`, attributes };
}

function singleHeaders({ headers }: IncomingMessage): Metadata {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}
