import { once } from "node:events";
import { connect, type NetConnectOpts, type Socket } from "node:net";

/** How long somebody may take to accept a connection, in milliseconds. */
const connectTimeoutMs = 5_000;

/** A connection, or `undefined` if nobody accepts it. */
export async function connectSocket(to: NetConnectOpts): Promise<Socket | undefined> {
  const socket = connect(to);
  const timer = setTimeout(() => {
    socket.destroy(new Error("nobody accepted the connection"));
  }, connectTimeoutMs);
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
