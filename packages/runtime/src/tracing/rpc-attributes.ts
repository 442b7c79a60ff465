import { daprMethods, type Metadata, type StreamMethod, type UnaryMethod } from "@mecha/sdk-core/protocol";
import type { SpanAttributes } from "./call-span.js";

/** What daprd says of a call of its API in the call's span. */
export interface CallDescription {
  /** In place of the path. */
  readonly name?: string;
  readonly attributes: SpanAttributes;
}

type Methods = typeof daprMethods;
type RequestOf<M> =
  M extends UnaryMethod<infer I, infer _O> ? I : M extends StreamMethod<infer I, infer _O> ? I : never;
type Describers = { readonly [K in keyof Methods]?: (request: RequestOf<Methods[K]>, path: string) => CallDescription };

const daprService = { "rpc.service": "Dapr" };

/** The store of a request, as daprd describes databases. */
function ofStore(system: string, name: string, path: string): CallDescription {
  const database = { "db.system": system, "db.name": name, "db.statement": path, "db.connection_string": system };
  return { attributes: { ...daprService, ...database } };
}

function ofTopic(topic: string): CallDescription {
  return { attributes: { ...daprService, "messaging.system": "pubsub", "messaging.destination.name": topic } };
}

/** daprd 1.18 describes these and no others. */
const describers: Describers = {
  invokeService: ({ id, message }) => ({
    name: `CallLocal/${id}/${message?.method ?? ""}`,
    attributes: { "rpc.service": "ServiceInvocation", "net.peer.name": id },
  }),
  publishEvent: ({ topic }) => ofTopic(topic),
  bulkPublishEvent: ({ topic }) => ofTopic(topic),
  bulkPublishEventAlpha1: ({ topic }) => ofTopic(topic),
  invokeBinding: ({ name }, path) => ofStore("bindings", name, path),
  getState: ({ storeName }, path) => ofStore("state", storeName, path),
  saveState: ({ storeName }, path) => ofStore("state", storeName, path),
  deleteState: ({ storeName }, path) => ofStore("state", storeName, path),
  getSecret: ({ storeName }, path) => ofStore("secrets", storeName, path),
  converseAlpha1: ({ name }) => ({ attributes: { "rpc.system": name } }),
  converseAlpha2: ({ name }) => ({ attributes: { "rpc.system": name } }),
};

const byPath = new Map(
  Object.entries(describers).map(([name, describe]) => [
    daprMethods[name as keyof Methods].path,
    // The table pairs each method with what describes its own requests.
    describe as (request: unknown, path: string) => CallDescription,
  ]),
);

/** Describes a call over gRPC, or in-process, which is described alike. */
export function describeRpc(path: string, request: unknown): CallDescription {
  const { name, attributes = {} } = (request === undefined ? undefined : byPath.get(path)?.(request, path)) ?? {};
  return {
    ...(name !== undefined && { name }),
    attributes: { ...attributes, "dapr.protocol": "grpc", "dapr.api": path },
  };
}

/** The caller's own `dapr-` headers, which daprd shows as attributes. */
export function daprHeaders(metadata: Metadata): SpanAttributes {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([name]) => name.startsWith("dapr-") && !name.endsWith("-bin") && name !== "dapr-api-token",
    ),
  );
}
