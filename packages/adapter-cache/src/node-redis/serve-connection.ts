import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CacheLink, isUnavailable } from "../cache-link.js";
import type { DoorPlace } from "./door.js";
import { Topology } from "./one-node.js";
import { refuseAll } from "./refuse-all.js";

/** Lets a client's connection reach the cache, until one of both ends. Never rejects. */
export async function serveConnection(socket: Socket, { address, node }: DoorPlace): Promise<void> {
  socket.on("error", () => socket.destroy());
  const link = new CacheLink(address);
  try {
    const { stream } = await link.open();
    join(socket, stream, node && new Topology(node));
    // The connection of the process is closed for everybody then; nobody is left to be told of an error.
    socket.once("close", () => void link.close().catch(() => undefined));
    if (socket.destroyed) socket.emit("close");
  } catch (error) {
    // A server that does not answer is one to which clients try to connect again; wrong settings stay wrong.
    if (isUnavailable(error)) socket.destroy();
    else refuseAll(socket, error as Error);
  }
}

function join(socket: Socket, stream: Duplex, topology: Topology | undefined): void {
  // The client's own end of the socket counts for the life of the process, and nothing else.
  (stream as Partial<Socket>).unref?.();
  stream.once("error", () => socket.destroy());
  stream.once("close", () => socket.end());
  socket.once("close", () => stream.destroy());
  if (topology === undefined) {
    socket.pipe(stream).pipe(socket);
    return;
  }
  topology.commands.once("error", () => socket.destroy());
  socket.pipe(topology.commands).pipe(stream);
  stream.pipe(topology.replies).pipe(socket);
}
