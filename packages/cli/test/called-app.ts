import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { freePortFamily, startDaprd } from "@mecha/engines";
import { onTestFinished } from "vitest";
import { startMecha } from "./mecha-run.js";
import type { RunFolder } from "./run-folder.js";

/** An HTTP app in this process that a sidecar calls. */
export interface CalledApp {
  readonly port: number;
  /** The calls that it has got, path and body, without those that ask for something. */
  readonly calls: readonly string[];
  /** What it answers when it is asked how it is. */
  health: number;
  /** How often it was asked. */
  readonly probes: number;
}

/** Starts an app that takes a topic and any method, and the events of the binding `tick`. */
export async function startCalledApp(pubsubname: string): Promise<CalledApp> {
  const calls: string[] = [];
  const subscriptions = JSON.stringify([{ pubsubname, topic: "paid", route: "/paid" }]);
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    void text(request).then((body) => {
      if (method === "POST") calls.push(`${url} ${body}`);
      if (url === "/healthz") {
        app.probes++;
        response.writeHead(app.health).end();
      } else if (url === "/dapr/subscribe") response.setHeader("content-type", "application/json").end(subscriptions);
      else response.writeHead(method === "POST" || url === "/tick" ? 200 : 404).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on TCP has an address with a port.
  const app = { port: (server.address() as AddressInfo).port, calls, health: 200, probes: 0 };
  return app;
}

/** Starts something that calls the app `called`, on the components of a folder; the result is the address of its HTTP API. */
export type StartSidecar = (folder: RunFolder, app: CalledApp, flags: readonly string[]) => Promise<string>;

/** `mecha run` on the sources. */
export const mechaRun: StartSidecar = async ({ path: cwd }, { port }, flags) => {
  const mecha = startMecha(["run", "--app-id", "called", "--app-port", String(port), ...flags], { cwd });
  onTestFinished(() => mecha.stop());
  return mecha.httpAddress();
};

/** daprd, whose flags are the same. */
export const daprd: StartSidecar = async ({ components }, { port }, flags) => {
  const sidecar = await startDaprd({
    ...{ appId: "called", appPort: port, logLevel: "warn" },
    port: await freePortFamily([0, 1, 2]),
    resourcesFolders: [components],
    args: flags,
  });
  onTestFinished(() => sidecar.stop({ hard: true }));
  return sidecar.httpAddress;
};
