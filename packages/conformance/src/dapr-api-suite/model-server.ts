import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { echoCompletion } from "./echo-completion.js";

/** A request for a chat completion, as a {@link ModelServer} got it. */
export interface AskedCompletion {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a {@link ModelServer} answers with. */
export interface CompletionAnswer {
  /** @defaultValue 200 */
  readonly status?: number;
  /** Written as JSON, or as it is if it is a text. */
  readonly body: unknown;
}

/** A server on the loopback interface that speaks OpenAI's API for chat completions. */
export interface ModelServer {
  /** The address before `/chat/completions`. */
  readonly endpoint: string;
  /** All requests so far, the last at the end. */
  readonly asked: readonly AskedCompletion[];
  /** Stops serving. */
  close(): Promise<void>;
}

/**
 * Serves chat completions at `endpoint`, and what begins with it.
 *
 * @param answer - what is answered; by default, what Dapr's `conversation.echo` says: all texts, and a call of every tool
 */
export async function serveModel(
  answer: (asked: AskedCompletion) => CompletionAnswer = ({ body }) => ({ body: echoCompletion(body) }),
): Promise<ModelServer> {
  const asked: AskedCompletion[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const completion = { path: request.url ?? "", headers: request.headers, body: JSON.parse(body) as object };
      asked.push({ ...completion, body: { ...completion.body } });
      const { status = 200, body: said } = answer({ ...completion, body: { ...completion.body } });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof said === "string" ? said : JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${String(port)}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
