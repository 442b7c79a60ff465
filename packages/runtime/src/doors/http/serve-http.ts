import { MechaError } from "@mecha/spec";
import type { HttpApiAccess } from "../../access/http-api-access.js";
import type { Runtime } from "../../runtime.js";
import type { DoorRouterOptions } from "./door-router.js";
import type { RequestGuardOptions } from "./request-guard.js";

/** Where the HTTP door is: a TCP port (0 takes a free one) of an address, or a Unix socket. */
export type HttpDoorAddress = { readonly host?: string; readonly port: number } | { readonly path: string };

/** How an HTTP door is served. */
export interface HttpDoorOptions extends RequestGuardOptions {
  /** Largest body that is read into memory, in bytes. Bodies of invocations to the runtime's own app stream. @defaultValue that of the runtime */
  readonly maxBodyBytes?: number;
  /** Most bytes of the headers of a request. @defaultValue 16 KiB */
  readonly maxHeaderBytes?: number;
  /** Whether the app is there, for `/v1.0/healthz`. @defaultValue always */
  readonly isReady?: () => boolean;
  /** Hears of each request that was answered: verb, path, status. @defaultValue nobody does */
  readonly onAnswered?: (verb: string, path: string, status: number) => void;
}

/** An HTTP door that is open. */
export interface HttpDoor extends AsyncDisposable {
  /** The address for a client: `http://host:port`, or `unix:` and the path. */
  readonly address: string;
  /** Takes no new calls and waits for those under way, 5 seconds at most. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves Dapr's HTTP API of a runtime, as a sidecar does: the same paths, statuses and bodies as daprd 1.18. It listens on loopback
 * unless told otherwise, and refuses web pages and foreign host names. The door keeps the process alive until it is closed, by
 * itself or with its runtime.
 *
 * @throws MechaError `UNAVAILABLE` if the address cannot be had.
 */
export async function serveHttp(
  runtime: Runtime,
  address: HttpDoorAddress,
  options: HttpDoorOptions = {},
): Promise<HttpDoor> {
  const [{ createRequestGuard }, { createDoorRouter }, { listenForHttp }] = await Promise.all([
    import("./request-guard.js"),
    import("./door-router.js"),
    import("./listen-for-http.js"),
  ]);
  const { maxBodyBytes = runtime.maxMessageBytes, isReady = () => true, onAnswered } = options;
  if (maxBodyBytes <= 0) {
    throw new MechaError("CONFIGURATION_INVALID", `The largest body cannot be ${String(maxBodyBytes)} bytes`, {
      operation: "http.listen",
    });
  }
  const isServed = await apiAccessOf(runtime);
  const router = createDoorRouter({
    runtime,
    guard: createRequestGuard(options),
    maxBodyBytes,
    isReady,
    ...(await webPagesOf(options)),
    ...(isServed !== undefined && { isServed }),
    ...(onAnswered !== undefined && { onAnswered }),
  });
  const listener = await listenForHttp(address, runtime.observers.httpDoor(router), options.maxHeaderBytes);
  const close = (): Promise<void> => {
    removeDoor();
    return listener.close();
  };
  const removeDoor = runtime.addDoor(close);
  return { address: listener.address, close, [Symbol.asyncDispose]: close };
}

/** What web pages need that may call the door. */
async function webPagesOf({ allowedOrigins = [] }: HttpDoorOptions): Promise<Pick<DoorRouterOptions, "answerWebPage">> {
  if (allowedOrigins.length === 0) return {};
  const [{ createWebPageAnswer }, { AllowedOrigins }] = await Promise.all([
    import("./web-pages.js"),
    import("./allowed-origins.js"),
  ]);
  return { answerWebPage: createWebPageAnswer(new AllowedOrigins(allowedOrigins)) };
}

/** What closes parts of the API, where the Configuration says so. */
async function apiAccessOf({ api }: Runtime): Promise<HttpApiAccess | undefined> {
  if (api === undefined) return undefined;
  const { createHttpApiAccess } = await import("../../access/http-api-access.js");
  return createHttpApiAccess(api);
}
