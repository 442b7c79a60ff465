import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

/** Stands before Nacos on the loopback interface and counts what passes. */
export interface NacosProxy extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  counts(): { readonly published: number; readonly read: number };
  reset(): void;
}

const configsPath = "/nacos/v1/cs/configs";

/** Starts a proxy before a Nacos server. */
export async function startNacosProxy(target: string): Promise<NacosProxy> {
  let published = 0;
  let read = 0;
  const server = createServer((incoming, response) => {
    const isConfig = incoming.url?.split("?")[0] === configsPath;
    if (isConfig && incoming.method === "POST") published++;
    if (isConfig && incoming.method === "GET") read++;
    pass(incoming, response, target);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${String(port)}`,
    counts: () => ({ published, read }),
    reset() {
      published = 0;
      read = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function pass(incoming: IncomingMessage, response: ServerResponse, target: string): void {
  const [host, port] = target.split(":");
  const { method, url, headers } = incoming;
  const forwarded = request({ host, port, method, path: url, headers: { ...headers, host: target } });
  forwarded.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forwarded.on("error", () => {
    response.destroy();
  });
  response.on("close", () => forwarded.destroy());
  incoming.pipe(forwarded);
}
