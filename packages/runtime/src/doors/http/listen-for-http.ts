import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MechaError } from "@mecha/spec";
import type { HttpDoorAddress } from "./serve-http.js";

/** How long calls under way may go on after `close()`, in milliseconds. */
const graceMs = 5_000;

/** Most bytes of the headers of a request: four times what daprd takes, since invocations carry cookies. */
const defaultMaxHeaderBytes = 16 * 1024;

/** A server that listens. */
export interface HttpListener {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Listens, and has each request answered. */
export async function listenForHttp(
  address: HttpDoorAddress,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  maxHeaderBytes = defaultMaxHeaderBytes,
): Promise<HttpListener> {
  const answering = new Set<ServerResponse>();
  const server = createServer({ maxHeaderSize: maxHeaderBytes, headersTimeout: 10_000 }, (request, response) => {
    answering.add(response);
    response.once("close", () => answering.delete(response));
    // A caller that goes away in the middle is heard of by the call's signal.
    response.on("error", () => undefined);
    void answer(request, response);
  });
  // Bodies of invocations stream for as long as they do.
  server.requestTimeout = 0;
  // In a node:cluster worker the primary would own the socket, and outlive the worker.
  server.listen({ ...("path" in address ? address : { host: "127.0.0.1", ...address }), exclusive: true });
  await once(server, "listening").catch((cause: unknown) => {
    throw cannotListen(address, cause);
  });
  if ("path" in address) await chmod(address.path, 0o600);
  let closing: Promise<void> | undefined;
  return { address: addressOf(server, address), close: () => (closing ??= closeServer(server, answering)) };
}

function addressOf(server: Server, address: HttpDoorAddress): string {
  if ("path" in address) return `unix:${address.path}`;
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const host = address.host ?? "127.0.0.1";
  return `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}

async function closeServer(server: Server, answering: ReadonlySet<ServerResponse>): Promise<void> {
  // A caller that keeps its connection for later would be waited for.
  for (const response of answering) if (!response.headersSent) response.setHeader("connection", "close");
  server.keepAliveTimeout = 1;
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(cut);
}

function cannotListen(address: HttpDoorAddress, cause: unknown): MechaError {
  const place = "path" in address ? address.path : `${address.host ?? "127.0.0.1"}:${String(address.port)}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MechaError(
    "UNAVAILABLE",
    `The HTTP door cannot listen on ${place}: ${reason}. Choose another address, or end what has this one.`,
    { cause, operation: "http.listen" },
  );
}
