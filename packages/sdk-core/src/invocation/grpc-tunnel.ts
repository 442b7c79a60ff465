import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MechaError } from "@mecha/spec";
import type { OpenResources } from "../connection/open-resources.js";
import { appGrpcPath, type Transport } from "../transport/transport.js";

/** The tunnels of each share of the connection, by app id: their addresses. */
const tunnels = new WeakMap<OpenResources, Map<string, Promise<string>>>();

/**
 * Opens a Unix socket whose connections lead to the gRPC server of an app, or gives the one that is open: grpc-js can only
 * connect to an address. It lies in a folder that only this user can enter; bytes pass unparsed. It ends with the share and
 * does not keep the process alive.
 *
 * @returns the socket, as grpc-js takes an address
 */
export function openTunnel(transport: Transport, open: OpenResources, appId: string): Promise<string> {
  let byApp = tunnels.get(open);
  if (byApp === undefined) {
    byApp = new Map();
    tunnels.set(open, byApp);
  }
  const known = byApp.get(appId);
  if (known !== undefined) return known;
  const opening = listen(transport, open, appId);
  byApp.set(appId, opening);
  opening.catch(() => byApp.delete(appId));
  return opening;
}

async function listen(transport: Transport, open: OpenResources, appId: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-grpc-"));
  const path = join(folder, "app.sock");
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void relay(socket, () => transport.openRaw(appGrpcPath, { "app-id": appId }));
  });
  server.listen({ path, exclusive: true });
  await once(server, "listening");
  server.unref();
  open.add(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await rm(folder, { recursive: true, force: true });
  });
  return `unix:${path}`;
}

/** Joins a connection to one of the app's server; grpc-js holds the process while calls are under way, these do not. */
async function relay(socket: Socket, connect: () => Promise<Duplex>): Promise<void> {
  socket.unref();
  try {
    const app = await connect();
    if (app instanceof Socket) app.unref();
    await pipeline(socket, app, socket);
  } catch (thrown) {
    socket.destroy();
    // grpc-js tells its caller only that there is no connection.
    if (MechaError.is(thrown)) process.emitWarning(thrown.message, "MechaWarning", thrown.code);
  }
}
