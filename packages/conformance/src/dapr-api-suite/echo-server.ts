import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What an {@link EchoServer} answers with. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An HTTP server on the loopback interface that answers with what it is asked. */
export interface EchoServer {
  readonly url: string;
  /** Stops serving. */
  close(): Promise<void>;
}

/** Serves an {@link Echo} of every request as JSON, with 200 or with the status that a path `/status/<n>` names. */
export async function serveEcho(): Promise<EchoServer> {
  const server = createServer((request, response) => {
    const { method = "", url: path = "", headers } = request;
    const status = Number(/^\/status\/(\d{3})$/.exec(path)?.[1] ?? 200);
    void text(request).then((body) => {
      response.writeHead(status, { "content-type": "application/json", "x-echo": "yes" });
      response.end(JSON.stringify({ method, path, headers, body }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
