import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { MechaError } from "@mecha/spec";
import express from "express";
import type { AppRouter } from "./app-router.js";

/** Where the server listens. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves a host's routes on an express app of its own.
 *
 * @returns a function that takes no new calls and waits for those under way, but no longer than `graceMs`
 */
export async function listenHttp(
  router: AppRouter,
  { host, port }: HttpAddress,
  graceMs: number,
): Promise<() => Promise<void>> {
  const app = express();
  app.disable("x-powered-by");
  app.use(router.handle, router.otherwise);
  const answering = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answering.add(response);
    response.once("close", () => answering.delete(response));
    app(request, response);
  });
  // In a node:cluster worker the primary would own the socket, and outlive the worker.
  server.listen({ host, port, exclusive: true });
  await once(server, "listening").catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MechaError(
      "UNAVAILABLE",
      `The HTTP server of the app cannot listen on ${host}:${port}: ${reason}. Choose another port, or end what has this one.`,
      { cause, operation: "app.start" },
    );
  });
  return () => {
    // A caller that keeps its connection for later would be waited for.
    for (const response of answering) if (!response.headersSent) response.setHeader("connection", "close");
    server.keepAliveTimeout = 1;
    return closeServer(server, graceMs);
  };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(cut);
}
