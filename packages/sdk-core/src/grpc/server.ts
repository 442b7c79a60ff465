import { once } from "node:events";
import { chmodSync } from "node:fs";
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { MechaError } from "@mecha/spec";
import { checkSessions } from "./check-sessions.js";
import type { MethodHandler } from "./method-handler.js";
import { serveCall } from "./serve-call.js";
import { metadataFrom, trailersFor } from "./headers.js";
import { toGrpcStatus } from "./status.js";

/** Bounds of a gRPC server. */
export interface GrpcServerOptions {
  /** Largest message that is accepted, in bytes. @defaultValue 4 MiB, as daprd */
  readonly maximumMessageBytes?: number;
  /** Throws `UNAUTHENTICATED` for calls, of the method with the path, that may not come in. @defaultValue all may */
  readonly authorize?: (headers: Readonly<Record<string, string>>, path: string) => void;
  /** Takes calls of methods that have no handler (proxying). @defaultValue they answer `UNIMPLEMENTED` */
  readonly onUnknown?: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
  /** How often connections are asked whether they are alive, in milliseconds. @defaultValue 60000 */
  readonly checkSessionsMs?: number;
}

/** Where a gRPC server listens: a port of an address (loopback unless told otherwise), or a Unix socket. */
export type ListenAddress = { readonly host?: string; readonly port: number } | { readonly path: string };

/** A gRPC server. */
export interface GrpcServer {
  /** Starts listening; resolves with the port, or the path of the socket. */
  listen(address: ListenAddress): Promise<{ readonly port: number } | { readonly path: string }>;
  /** Stops listening, lets running calls end for the given time (5 s by default), then cuts them. Idempotent. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** Stops keeping the process alive. */
  unref(): void;
}

/** Message size that gRPC servers accept by default. */
const defaultMaximumMessageBytes = 4 * 1024 * 1024;

const defaultCheckSessionsMs = 60_000;

/** How long running calls may go on after `close()`, in milliseconds. */
const defaultGraceMs = 5000;

/** Makes a gRPC server of handlers by path, on Node's own HTTP/2 (plain text: it is for loopback and Unix sockets). */
export function createGrpcServer(
  handlers: ReadonlyMap<string, MethodHandler>,
  options: GrpcServerOptions = {},
): GrpcServer {
  const server = createServer({ settings: { initialWindowSize: 1024 * 1024, maxConcurrentStreams: 4096 } });
  const sessions = new Set<ServerHttp2Session>();
  let referenced = true;
  server.on("session", (session) => {
    sessions.add(session);
    if (!referenced) session.unref();
    session.on("close", () => sessions.delete(session));
    // A connection that breaks ends its streams, which end their calls; there is nobody else to tell.
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    dispatch(stream, headers, handlers, options);
  });

  return {
    async listen(address) {
      // In a node:cluster worker the primary would own the socket, and outlive the worker: exclusive prevents that.
      if ("path" in address) server.listen({ path: address.path, exclusive: true });
      else server.listen({ host: address.host ?? "127.0.0.1", port: address.port, exclusive: true });
      await once(server, "listening").catch((cause: unknown) => {
        throw cannotListen(address, cause);
      });
      server.once("close", checkSessions(sessions, options.checkSessionsMs ?? defaultCheckSessionsMs));
      if ("path" in address) {
        chmodSync(address.path, 0o600);
        return { path: address.path };
      }
      // A server that listens on TCP has an address with a port.
      return { port: (server.address() as AddressInfo).port };
    },
    async close({ graceMs = defaultGraceMs } = {}) {
      await closeServer(server, sessions, graceMs);
    },
    unref() {
      referenced = false;
      server.unref();
      for (const session of sessions) session.unref();
    },
  };
}

function cannotListen(address: ListenAddress, cause: unknown): MechaError {
  const place = "path" in address ? address.path : `${address.host ?? "127.0.0.1"}:${String(address.port)}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MechaError(
    "UNAVAILABLE",
    `The gRPC server cannot listen on ${place}: ${reason}. Choose another address, or end what has this one.`,
    { cause, operation: "grpc.listen" },
  );
}

function dispatch(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  handlers: ReadonlyMap<string, MethodHandler>,
  options: GrpcServerOptions,
): void {
  // Without a listener a broken stream would end the process; its call hears of it by the abort signal.
  stream.on("error", () => undefined);
  // Reset in the same breath in which it was opened: there is nobody to answer, and no work to be done.
  if (stream.destroyed || stream.closed) return;
  const type = headers["content-type"] ?? "";
  if (!type.startsWith("application/grpc")) {
    stream.respond({ ":status": 415 }, { endStream: true });
    return;
  }
  try {
    options.authorize?.(metadataFrom(headers), headers[":path"] ?? "");
  } catch (error) {
    refuse(stream, error);
    return;
  }
  const path = headers[":path"] ?? "";
  const handler = handlers.get(path);
  if (handler !== undefined) {
    void serveCall(stream, headers, handler, options.maximumMessageBytes ?? defaultMaximumMessageBytes);
  } else if (options.onUnknown !== undefined) {
    options.onUnknown(stream, headers);
  } else {
    refuse(stream, new MechaError("UNIMPLEMENTED", `The method ${path} is not known here`));
  }
}

/** Ends a call before it began, with a status in the headers. */
function refuse(stream: ServerHttp2Stream, error: unknown): void {
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", ...trailersFor(toGrpcStatus(error), {}) },
    { endStream: true },
  );
}

async function closeServer(
  server: Http2Server,
  sessions: ReadonlySet<ServerHttp2Session>,
  graceMs: number,
): Promise<void> {
  if (!server.listening && sessions.size === 0) return;
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  for (const session of sessions) session.close();
  const cut = setTimeout(() => {
    for (const session of sessions) session.destroy();
  }, graceMs);
  await closed;
  clearTimeout(cut);
}
