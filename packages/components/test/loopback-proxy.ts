import { createServer, connect as connectTo, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy on loopback that can be cut, to make a backend unreachable without stopping it. */
export interface LoopbackProxy {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** How many connections it has accepted. */
  connections(): number;
  /** Destroys all connections and accepts none until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy in front of `target` (`host:port`). */
export async function startLoopbackProxy(target: string): Promise<LoopbackProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((client) => {
    accepted++;
    const upstream = connectTo(Number(port), hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined); // a cut connection errs on one side or the other
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const ownPort = (server.address() as AddressInfo).port;

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    address: `127.0.0.1:${ownPort}`,
    connections: () => accepted,
    cut,
    mend: () => listen(ownPort),
    close: cut,
  };
}
