import { createServer, type Socket } from "node:net";
import { resolveCacheRoute, type RoutingTable } from "@mecha/adapter-kit";
import { MechaError, type Transport } from "@mecha/sdk-core";
import { connectTo, type CacheConnection } from "../cache-link.js";
import { AuthGate } from "./auth-gate.js";

/** How to serve a port that speaks Redis's protocol. */
export interface RespPortOptions {
  /** What its connections use. */
  readonly transport: Transport;
  /** What the runtime has and what the rules say: a rule may match the port's `host`, `port` and `db`. */
  readonly routing: RoutingTable;
  /** Address to listen on. @defaultValue `127.0.0.1` */
  readonly host?: string;
  /** Port to listen on; 0 for a free one. */
  readonly port: number;
  /** What clients must say with AUTH or HELLO, under any user name. @defaultValue none: who reaches the port may use it */
  readonly password?: string;
}

/** A port that is being served. */
export interface RespPort {
  /** Host and port. */
  readonly address: string;
  readonly port: number;
  /** The component behind it, and whether clients speak with its own server. */
  readonly component: string;
  readonly native: boolean;
  /** Takes no more connections and ends those that there are. Idempotent. */
  close(): Promise<void>;
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/u;

/**
 * Serves the cache to clients of Redis in any language: natively where the settings say so, else by the command engine.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if no component is found for it, `INVALID_ARGUMENT` for an address that others reach without
 * a password, `UNAVAILABLE` if the port is taken
 */
export async function serveRespPort(options: RespPortOptions): Promise<RespPort> {
  const { transport, routing, host = "127.0.0.1", port, password = "" } = options;
  if (password === "" && !loopback.test(host)) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `The port for Redis clients on ${host} can be reached by others: set a password`,
    );
  }
  const route = resolveCacheRoute(routing, { host, port });
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A client that went away has nobody to be told.
    socket.on("error", () => socket.destroy());
    const open = (): Promise<CacheConnection> => connectTo(transport, route, noHold);
    if (password === "") void serve(socket, open);
    else new AuthGate(socket, { password, serve: (first) => serve(socket, open, first) });
  });
  await listen(server, host, port);
  const address = server.address();
  const listening = typeof address === "object" && address !== null ? address.port : port;
  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${String(listening)}`,
    port: listening,
    component: route.component,
    native: route.native,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The port itself keeps the process alive. */
const noHold = { ref: () => undefined, unref: () => undefined, release: () => undefined };

/** Lets a connection reach the cache, until one of both ends. Never rejects. */
async function serve(socket: Socket, open: () => Promise<CacheConnection>, first?: Buffer): Promise<void> {
  // Nothing is read before there is somebody to read it.
  socket.pause();
  try {
    const { stream } = await open();
    if (socket.destroyed) {
      stream.destroy();
      return;
    }
    stream.once("error", () => socket.destroy());
    stream.once("close", () => socket.end());
    socket.once("close", () => stream.destroy());
    if (first !== undefined && first.length > 0) stream.write(first);
    socket.pipe(stream).pipe(socket);
  } catch (error) {
    const { message } = MechaError.from(error, "The cache cannot be reached");
    socket.end(`-ERR ${message.replace(/[\r\n]+/gu, " ")}\r\n`);
  }
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new MechaError("UNAVAILABLE", `The port ${String(port)} for Redis clients cannot be had on ${host}`, { cause }),
      );
    });
    server.listen({ host, port }, resolve);
  });
}
