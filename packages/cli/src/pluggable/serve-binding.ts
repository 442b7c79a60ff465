import { createGrpcServer } from "@mecha/sdk-core/grpc-server";
import type { CallContext, MessageType, UnaryHandler, UnaryMethod } from "@mecha/sdk-core/protocol";
import type { ComponentDefinition } from "@mecha/spec";
import { BindingInstances } from "./binding-instances.js";
import { initRequest, invokeRequest, invokeResponse, listOperationsResponse, noFields } from "./component-messages.js";
import { reflect, reflectionMethod } from "./reflection.js";
import type { RememberedSettings } from "./remembered-settings.js";
import { chmod } from "node:fs/promises";
import { clearStaleSocket } from "./stale-socket.js";

/** Where and how a binding is served. */
export interface ServeBindingOptions {
  /** Path of the Unix socket; daprd takes the file's name without its ending for the name after `bindings.`. */
  readonly socket: string;
  /** Who may connect, as of a file. @defaultValue 0o600 */
  readonly socketMode?: number | undefined;
  /** Where daprd's settings are kept for the next start of this process. @defaultValue nowhere */
  readonly remembered?: RememberedSettings | undefined;
}

/** A component that is served to daprd. */
export interface ServedBinding {
  /** Lets running calls end, and closes the components. Idempotent. */
  close(): Promise<void>;
}

const service = "dapr.proto.components.v1.OutputBinding";

/** As much as a request may have: daprd's own limit is what counts. */
const maximumMessageBytes = 64 * 1024 * 1024;

type Entry = Parameters<typeof createGrpcServer>[0] extends ReadonlyMap<string, infer E> ? E : never;

/**
 * Serves an output binding to daprd as a pluggable component (`dapr.proto.components.v1`, Dapr 1.18).
 *
 * @throws MechaError `UNAVAILABLE` if the socket cannot be had, or somebody else serves it.
 */
export async function serveBinding(
  definition: ComponentDefinition,
  { socket, socketMode, remembered }: ServeBindingOptions,
): Promise<ServedBinding> {
  const instances = new BindingInstances(definition, remembered);
  const bindingOf = (context: CallContext) => instances.get(instanceOf(context));
  const handlers = new Map<string, Entry>([
    unary("Init", [initRequest, noFields], async ({ properties }, context) => {
      await instances.initialise(instanceOf(context), properties);
      return {};
    }),
    unary("ListOperations", [noFields, listOperationsResponse], async (_request, context) => ({
      operations: (await bindingOf(context)).operations,
    })),
    unary("Invoke", [invokeRequest, invokeResponse], async (request, context) => {
      const { data, metadata } = await (await bindingOf(context)).invoke(request, { signal: context.signal });
      return { data: data ?? new Uint8Array(), metadata: metadata ?? {} };
    }),
    unary("Ping", [noFields, noFields], async (_request, context) => {
      await (await bindingOf(context)).ping?.({ signal: context.signal });
      return {};
    }),
    [
      reflectionMethod.path,
      entry(reflectionMethod, (requests: Parameters<typeof reflect>[1]) =>
        reflect([service, "grpc.reflection.v1alpha.ServerReflection"], requests),
      ),
    ],
  ]);
  await clearStaleSocket(socket);
  const server = createGrpcServer(handlers, { maximumMessageBytes });
  await server.listen({ path: socket });
  if (socketMode !== undefined) await chmod(socket, socketMode);
  let closing: Promise<void> | undefined;
  return { close: () => (closing ??= server.close().then(() => instances.close())) };
}

function unary<I, O>(
  name: string,
  [request, response]: readonly [MessageType<I>, MessageType<O>],
  handle: UnaryHandler<I, O>,
): [string, Entry] {
  const method: UnaryMethod<I, O> = { kind: "unary", path: `/${service}/${name}`, request, response };
  return [method.path, entry(method, handle)];
}

/** Method and handler fit each other; the server does not need to know their messages. */
function entry(method: object, handle: object): Entry {
  return { method, handle } as unknown as Entry;
}

/** daprd names the component of its YAML in every call. */
function instanceOf({ metadata }: CallContext): string {
  return metadata["x-component-instance"] ?? "";
}
