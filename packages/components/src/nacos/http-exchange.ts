import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** One HTTP request with a form. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  /** Body of a POST, as `application/x-www-form-urlencoded`. */
  readonly form?: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the request; its reason is what the promise rejects with. */
  readonly signal: AbortSignal;
  /** Whether the answer is awaited without keeping the process alive. */
  readonly isBackground?: boolean;
}

/** What came back, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends requests over connections that are kept open between them. */
export interface HttpExchange {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes the connections; requests under way fail. */
  close(): void;
}

/**
 * Makes an exchange over `node:http` and `node:https`.
 *
 * Not `fetch`: its sockets cannot be told not to keep the process alive, which a waiting long poll must not.
 */
export function createHttpExchange(): HttpExchange {
  const options = { keepAlive: true };
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent(options);

  return {
    async send(request) {
      request.signal.throwIfAborted();
      const form = request.form?.toString();
      const headers =
        form === undefined
          ? request.headers
          : { ...request.headers, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" };
      return new Promise((resolve, reject) => {
        const fail = (error: unknown) => reject(toError(request.signal.aborted ? request.signal.reason : error));
        const isSecure = request.url.startsWith("https:");
        const outgoing = (isSecure ? httpsRequest : httpRequest)(
          request.url,
          { method: request.method, headers, signal: request.signal, agent: isSecure ? secure : plain },
          (response) => {
            readText(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), fail);
          },
        );
        // A socket that is used again is referenced again by the agent, so this concerns the one request only.
        if (request.isBackground === true) outgoing.on("socket", (socket) => socket.unref());
        outgoing.on("error", fail);
        outgoing.end(form);
      });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer); // no encoding is set, so chunks are bytes
  return Buffer.concat(chunks).toString("utf8");
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
