import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheAddress } from "../cache-link.js";
import { forgetDeadDoors, doorFolderPrefix } from "./dead-doors.js";
import { serveConnection } from "./serve-connection.js";
import type { OneNode } from "./one-node.js";

/** What a door leads to. */
export interface DoorPlace {
  /** The cache that the adapter settings choose for this address. */
  readonly address: CacheAddress;
  /** What connections are told of a cluster or of sentinels; nothing is told of them if absent. */
  readonly node?: OneNode;
}

const doors = new Map<string, string>();
let folder: string | undefined;

/**
 * Gives the path of a Unix socket of this process at which a cache answers in Redis's protocol: node-redis has no seam for
 * another transport than a socket. Nobody but the user of the process can connect. The socket is there as soon as this
 * returns, once for each place; it does not keep the process alive, while a client's connection to it does as one to Redis.
 */
export function doorTo(place: DoorPlace): string {
  const key = JSON.stringify(place);
  const known = doors.get(key);
  if (known !== undefined) return known;
  const path = join(doorFolder(), `${String(doors.size)}.sock`);
  const server = createServer({ pauseOnConnect: true }, (socket: Socket) => {
    // The client's end counts for the life of the process.
    socket.unref();
    void serveConnection(socket, place);
  });
  listenAtOnce(server, path);
  doors.set(key, path);
  return path;
}

/** A worker of `node:cluster` would ask its primary, and the path would be there later. */
function listenAtOnce(server: Server, path: string): void {
  server.listen({ path, exclusive: true });
  server.unref();
}

/** The folder of this process's doors, which only its user may enter. */
function doorFolder(): string {
  if (folder !== undefined) return folder;
  forgetDeadDoors();
  const made = mkdtempSync(join(tmpdir(), `${doorFolderPrefix}${String(process.pid)}-`));
  process.once("exit", () => {
    rmSync(made, { recursive: true, force: true });
  });
  folder = made;
  return made;
}
