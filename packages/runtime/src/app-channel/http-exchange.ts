import { Agent, request as startHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { finished, Readable } from "node:stream";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";

/** A request to the app. */
interface AppRequest {
  readonly verb: string;
  /** Path and query, with the first slash. */
  readonly path: string;
  readonly headers: Metadata;
  /** @defaultValue none */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** The head of the app's answer, and its body as it arrives. */
interface AppResponse {
  readonly status: number;
  readonly headers: Metadata;
  readonly body: IncomingMessage;
}

/** Sends requests to an app over HTTP/1.1, on connections that are kept. */
export interface AppHttpClient {
  /**
   * @throws MechaError `UNAVAILABLE` if the app does not answer, `CANCELLED` if the caller gave up, `INVALID_ARGUMENT` for a path or
   * header that HTTP cannot carry.
   */
  readonly send: (request: AppRequest) => Promise<AppResponse>;
  readonly close: () => void;
}

/** A call must not go out on a connection that the app is about to close: Node's own servers close idle ones after five seconds. */
const defaultIdleMs = 4_000;

/** How an app is called over HTTP. */
export interface AppHttpClientOptions {
  readonly host: string;
  readonly port: number;
  /** Sent with each call as `dapr-api-token`. @defaultValue none */
  readonly apiToken?: string | undefined;
  /** How long a connection that is not used is kept, in milliseconds. @defaultValue 4000 */
  readonly idleMs?: number;
}

/** Makes the client of one app. */
export function createAppHttpClient({
  host,
  port,
  apiToken,
  idleMs = defaultIdleMs,
}: AppHttpClientOptions): AppHttpClient {
  const token = apiToken === undefined || apiToken === "" ? {} : { "dapr-api-token": apiToken };
  return createHttpClient({
    start: startHttp,
    agent: new Agent({ keepAlive: true, timeout: idleMs }),
    host,
    port,
    pathOf: (path) => path,
    headers: token,
  });
}

/** A server that requests go to. */
export interface HttpServerTarget {
  /** Begins a request: that of `node:http` or of `node:https`. */
  readonly start: typeof startHttp;
  readonly agent: Agent;
  readonly host: string;
  readonly port: number;
  /** The path on the server of a path of the API. */
  readonly pathOf: (path: string) => string;
  /** Sent with every request, in place of the caller's headers of these names (in lower case). */
  readonly headers: Metadata;
}

/** Makes the client of one server. */
export function createHttpClient({ start, agent, host, port, pathOf, headers: own }: HttpServerTarget): AppHttpClient {
  return {
    send: ({ verb, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const isWhole = body === undefined || body instanceof Uint8Array;
        const length = isWhole ? { "content-length": String(body?.length ?? 0) } : {};
        const outgoing = begin(start, {
          agent,
          host,
          port,
          method: verb,
          path: pathOf(path),
          headers: { ...headers, ...length, ...own },
          ...(signal !== undefined && { signal }),
        });
        outgoing.once("error", (cause) => {
          reject(
            signal?.aborted === true ? gaveUp(cause) : unanswered(`${verb} ${path}`, `${host}:${String(port)}`, cause),
          );
        });
        outgoing.once("response", (incoming) => {
          resolve({ status: incoming.statusCode ?? 500, headers: headersOf(incoming), body: incoming });
        });
        if (isWhole) outgoing.end(body);
        else sendPieces(body, outgoing);
      }),
    close: () => {
      agent.destroy();
    },
  };
}

/** What no HTTP request can hold (a path with a space, a header with a line break) is the fault of who named it. */
function begin(start: typeof startHttp, options: RequestOptions): ReturnType<typeof startHttp> {
  try {
    return start(options);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new MechaError(
      "INVALID_ARGUMENT",
      `${options.method ?? ""} ${options.path ?? ""} cannot be sent: ${problem}`,
      {
        operation: "app.call",
        cause,
      },
    );
  }
}

/** A source that fails cuts the request: half a body must not pass for a whole one. */
function sendPieces(body: AsyncIterable<Uint8Array>, outgoing: ReturnType<typeof startHttp>): void {
  const source = Readable.from(body, { objectMode: false });
  source.pipe(outgoing);
  finished(source, { writable: false }, (error) => {
    if (error) outgoing.destroy(error);
  });
  outgoing.once("close", () => source.destroy());
}

function headersOf({ headers }: IncomingMessage): Metadata {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return result;
}

function gaveUp(cause: unknown): MechaError {
  return new MechaError("CANCELLED", "The caller gave up before the app had answered", {
    operation: "app.call",
    cause,
  });
}

function unanswered(what: string, where: string, cause: Error): MechaError {
  return new MechaError("UNAVAILABLE", `The app at ${where} does not answer ${what}: ${cause.message}`, {
    operation: "app.call",
    cause,
  });
}
