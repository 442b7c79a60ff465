import type { ChannelCredentials, Client, ClientOptions, Interceptor } from "@grpc/grpc-js";
import { MechaError } from "@mecha/spec";
import type { FacadeContext } from "../facade-context.js";
import type { ChannelArguments } from "./channel-arguments.js";
import { openTunnel } from "./grpc-tunnel.js";

/** A client class of grpc-js, as generators make it for a service. */
export type GrpcClientClass<T extends Client> = new (
  address: string,
  credentials: ChannelCredentials,
  options?: ClientOptions,
) => T;

/**
 * Makes a client of another app's own gRPC server: calls go through the sidecar, which finds the app by the metadata
 * `dapr-app-id`, or straight to the app from the embedded runtime. All kinds of calls pass as they are, with metadata,
 * trailers, deadline and cancellation; what fails is grpc-js's own error.
 */
export async function createGrpcClient<T extends Client>(
  context: FacadeContext,
  { appId, Client: ClientClass }: { readonly appId: string; readonly Client: GrpcClientClass<T> },
  options: ClientOptions = {},
): Promise<T> {
  const channel = await channelFor(context, appId);
  const naming = await namingInterceptor(context, appId);
  try {
    const client = new ClientClass(channel.target, channel.credentials, {
      ...channel.options,
      ...options,
      interceptors: [naming, ...(options.interceptors ?? [])],
    });
    context.open.add(() => {
      client.close();
      return Promise.resolve();
    });
    return client;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MechaError(
      "INVALID_ARGUMENT",
      `No client of app "${appId}" can be made of ${ClientClass.name}: ${reason}. It has to be a client class of grpc-js, of the copy that @mecha/sdk-core uses (see npm ls @grpc/grpc-js).`,
      { cause, operation: "invocation.grpc", component: appId },
    );
  }
}

async function channelFor({ connection, transport, open }: FacadeContext, appId: string): Promise<ChannelArguments> {
  if (connection.mode === "embedded") {
    // grpc-js takes a tenth of a second to load: only who uses it pays for it.
    const { credentials } = await import("@grpc/grpc-js");
    return { target: await openTunnel(transport, open, appId), credentials: credentials.createInsecure(), options: {} };
  }
  const { address, options } = connection;
  if (address === undefined) {
    throw new MechaError("FAILED_PRECONDITION", "This connection does not say where its sidecar is; use connect()", {
      operation: "invocation.grpc",
    });
  }
  const { channelArguments } = await import("./channel-arguments.js");
  return channelArguments({ ...options, address });
}

/** Says with every call for whom it is, and shows the sidecar its token. */
async function namingInterceptor({ connection }: FacadeContext, appId: string): Promise<Interceptor> {
  const { InterceptingCall } = await import("@grpc/grpc-js");
  const token =
    connection.mode === "embedded" ? "" : (connection.options?.apiToken ?? process.env["DAPR_API_TOKEN"] ?? "");
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set("dapr-app-id", appId);
        if (token !== "") metadata.set("dapr-api-token", token);
        next(metadata, listener);
      },
    });
}
