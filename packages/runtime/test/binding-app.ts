import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An event of an input binding as an HTTP app gets it. */
export interface BoundEvent {
  readonly body: string;
  readonly contentType: string | undefined;
  /** The headers that begin with `rocketmq-`, in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An HTTP app that takes the events of one input binding. */
export interface BindingApp {
  readonly port: number;
  /** What has come, in order. */
  readonly events: readonly BoundEvent[];
  close(): Promise<void>;
}

/** Serves the app on a free loopback port; it wants no other binding and no topic. */
export async function serveBindingApp(binding: string): Promise<BindingApp> {
  const events: BoundEvent[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const isBinding = request.url === `/${binding}`;
      if (isBinding && request.method === "POST") {
        const entries = Object.entries(request.headers).filter(([name]) => name.startsWith("rocketmq-"));
        const metadata = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
        events.push({ body, contentType: request.headers["content-type"], metadata });
      }
      response.writeHead(isBinding ? 200 : 404).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    events,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
