import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "../eventually.js";

/** A request that the runtime sent to the app. */
interface ReceivedRequest {
  readonly verb: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** The app beside the runtime under test: it speaks plain HTTP, as any app of any language does. */
export interface SuiteApp {
  readonly port: number;
  readonly received: readonly ReceivedRequest[];
  /** Resolves with the first request that fits. */
  next(claim: string, fits: (request: ReceivedRequest) => boolean): Promise<ReceivedRequest>;
  close(): Promise<void>;
}

/** The topic that the app subscribes to, at `/on-event`. */
export const suiteTopic = "http-suite-topic";

/** The topic whose events the app drops, so that they come to it from the dead letter topic, at `/on-dead`. */
export const suiteDroppedTopic = "http-suite-dropped";

const deadTopic = "http-suite-dead";

/** The type of the actors that the app hosts. */
export const suiteActorType = "HttpSuiteActor";

/**
 * Serves the app of the suite. It answers
 * - `/echo` with what it was sent, and status 201,
 * - `/teapot` with status 418 and a body,
 * - `/stream` with the pieces of the body in capitals as they come,
 * - what a runtime asks of apps: subscriptions, actors, health.
 */
export async function serveSuiteApp(pubsub: string): Promise<SuiteApp> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, { pubsub, received });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // A server that listens on TCP has an address with a port.
    port: (server.address() as AddressInfo).port,
    received,
    async next(claim, fits) {
      let found: ReceivedRequest | undefined;
      await eventually(claim, async () => (found = received.find(fits)) !== undefined);
      if (found === undefined) throw new Error(`it did not come true that ${claim}`);
      return found;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface AppState {
  readonly pubsub: string;
  readonly received: ReceivedRequest[];
}

async function answer(request: IncomingMessage, response: ServerResponse, state: AppState): Promise<void> {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (path === "/stream") {
    response.writeHead(200, { "content-type": "text/plain" });
    for await (const piece of request) response.write(String(piece).toUpperCase());
    response.end();
    return;
  }
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method: verb = "", url = "", headers } = request;
  const one = { verb, url, headers, body: Buffer.concat(pieces).toString() };
  state.received.push(one);
  const json = (value: unknown, status = 200): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (path === "/teapot") {
    response.writeHead(418, { "content-type": "text/x-tea", "x-kettle": "hot" }).end("short and stout");
    return;
  }
  if (path === "/echo" || path.startsWith("/echo/")) {
    const { verb: asked, url: at, body } = one;
    response.writeHead(201, { "content-type": "application/json", "x-answered": "yes" });
    response.end(
      JSON.stringify({ verb: asked, url: at, body, asked: headers["x-asked"], type: headers["content-type"] }),
    );
    return;
  }
  const known = ownAnswer(one, path, state.pubsub);
  json(known ?? {}, known === undefined ? 404 : 200);
}

/** What the app says where a runtime asks it something or brings it something; `undefined` for all other paths. */
function ownAnswer({ body }: ReceivedRequest, path: string, pubsub: string): unknown {
  const [, kind = "", type, , keyword, method] = path.split("/");
  if (path === "/dapr/subscribe") {
    return [
      { pubsubname: pubsub, topic: suiteTopic, route: "/on-event" },
      { pubsubname: pubsub, topic: suiteDroppedTopic, route: "/on-dropped", deadLetterTopic: deadTopic },
      { pubsubname: pubsub, topic: deadTopic, route: "/on-dead" },
    ];
  }
  if (kind === "on-dropped") return { status: "DROP" };
  if (path === "/dapr/config") return { entities: [suiteActorType] };
  if (kind === "actors" && type === suiteActorType) return keyword === "method" ? { method, got: body } : {};
  return ["on-event", "on-dead", "healthz", "job", "configuration"].includes(kind) ? {} : undefined;
}
