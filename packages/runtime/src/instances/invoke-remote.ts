import { appCallbackMethods, type CallContext, type common, type Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { daprError } from "../errors/dapr-error.js";
import type { RemoteInvoke } from "../invocation/invoke-service.js";
import { createInstanceDirectory } from "./instance-directory.js";
import type { InstanceEntry } from "./instance-entry.js";

/** Calls apps in other processes of this machine. */
export interface RemoteInvoker {
  readonly invoke: RemoteInvoke;
  /** Closes the connections to other processes. */
  close(): Promise<void>;
}

/** Headers that belong to a connection and not to the app's answer. */
const connectionHeaders = new Set([
  "content-type",
  "date",
  "grpc-status",
  "grpc-message",
  "grpc-encoding",
  "grpc-accept-encoding",
]);

/**
 * Makes the invoker: each call goes to the next live instance of the app. An instance that was not reached is passed over;
 * one that died in the middle of the call gives `UNAVAILABLE`, since the call may have been done.
 */
export function createRemoteInvoker(folder: string, maxMessageBytes: number): RemoteInvoker {
  const directory = createInstanceDirectory(folder);
  const transports = new Map<string, Promise<Transport>>();

  const transportTo = ({ socket }: InstanceEntry): Promise<Transport> => {
    const known = transports.get(socket);
    if (known !== undefined) return known;
    const opened = import("@mecha/sdk-core/grpc").then(({ createGrpcTransport }) =>
      createGrpcTransport({ address: `unix:${socket}`, apiToken: "", maximumMessageBytes: maxMessageBytes }),
    );
    transports.set(socket, opened);
    return opened;
  };

  const disconnect = async ({ socket }: InstanceEntry): Promise<void> => {
    const transport = transports.get(socket);
    transports.delete(socket);
    await (await transport)?.close();
  };

  return {
    async invoke(appId, request, context) {
      for (const entry of await directory.find(appId)) {
        const call = { answered: false };
        try {
          return await callInstance(await transportTo(entry), request, { context, call });
        } catch (thrown) {
          const error = MechaError.from(thrown, `Invoking app "${appId}" failed`);
          // What the app itself says is its answer, whatever words it uses.
          if (call.answered || error.code !== "UNAVAILABLE") throw error;
          await disconnect(entry);
          if (!wasNotReached(error)) throw interrupted(appId, error);
          // A socket that nobody listens on is dead; one that was only too busy keeps its entry.
          if (isNobodyThere(error)) await directory.remove(entry);
        }
      }
      throw daprError(
        "directInvoke",
        `failed to invoke, id: ${appId}, err: couldn't find service: ${appId}. No process of this machine and project answers for it: start the app, or check its app id (and MECHA_NAMESPACE, if it is set).`,
        { operation: "invocation.invoke" },
      );
    },
    async close() {
      const opened = [...transports.values()];
      transports.clear();
      await Promise.all(opened.map(async (transport) => (await transport).close()));
    },
  };
}

interface CallToInstance {
  readonly context: CallContext;
  /** Notes that the instance answered, with a result or an error. */
  readonly call: { answered: boolean };
}

async function callInstance(
  transport: Transport,
  request: common.InvokeRequest,
  { context, call }: CallToInstance,
): Promise<common.InvokeResponse> {
  const { metadata, signal, deadline } = context;
  return transport.unary(appCallbackMethods.onInvoke, request, {
    metadata,
    signal,
    ...(deadline !== undefined && { deadline }),
    onHeader: (headers) => {
      call.answered = true;
      forEachHeader(headers, (name, value) => context.setHeader(name, value));
    },
    onTrailer: (trailers) => forEachHeader(trailers, (name, value) => context.setTrailer(name, value)),
  });
}

function forEachHeader(headers: Readonly<Record<string, string>>, give: (name: string, value: string) => void): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!connectionHeaders.has(name)) give(name, value);
  }
}

/** Whether no connection came about, so that the call was certainly not done. Only of errors that are no answer of the app. */
function wasNotReached(error: MechaError): boolean {
  return isNobodyThere(error) || error.message.includes("No connection established");
}

function isNobodyThere(error: MechaError): boolean {
  return /ECONNREFUSED|ENOENT/.test(error.message);
}

function interrupted(appId: string, cause: MechaError): MechaError {
  return new MechaError(
    "UNAVAILABLE",
    `The instance of app "${appId}" went away during the call; the call may or may not have been done`,
    { operation: "invocation.invoke", cause },
  );
}
