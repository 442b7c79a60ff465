import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";

/** A request to be sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** By their names as written. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  /** For example `200 OK`. */
  readonly statusText: string;
  /** In the form `Content-Type`; several of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How to send. */
export interface ExchangeOptions {
  /** Keep connections; the second is for https. */
  readonly agents: readonly [http.Agent, https.Agent];
  readonly maxResponseBytes: number | undefined;
  /** Headers, in lower case, that no other host may see. */
  readonly secretHeaders: readonly string[];
  readonly signal: AbortSignal;
}

/** As Go's client. */
const maxRedirects = 10;

/** Sends a request, follows redirects as Go's client does, and reads the answer. Rejects with what node:http says. */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  let current = request;
  for (let followed = 0; ; followed++) {
    const response = await send(current, options);
    const next = redirectOf(current, response, options.secretHeaders);
    if (next === undefined) return answerOf(response, options.maxResponseBytes);
    response.resume();
    if (followed === maxRedirects) throw new Error(`stopped after ${String(maxRedirects)} redirects`);
    current = next;
  }
}

function send({ method, url, headers, body }: HttpRequest, options: ExchangeOptions): Promise<IncomingMessage> {
  const { agents, signal } = options;
  const [client, agent] = url.protocol === "https:" ? [https, agents[1]] : [http, agents[0]];
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": String(body.byteLength) };
    const outgoing = client.request(url, { method, agent, signal, headers: { ...headers, ...length } }, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Where an answer sends the request on, if it does. */
function redirectOf(
  request: HttpRequest,
  { statusCode = 0, headers }: IncomingMessage,
  secretHeaders: readonly string[],
): HttpRequest | undefined {
  const { location } = headers;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  if (!URL.canParse(location, request.url.href))
    throw new Error(`the answer redirects to "${location}", which is no address`);
  const url = new URL(location, request.url);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Error(`the answer redirects to "${url.protocol}", which is not followed`);
  }
  const keepsBody = statusCode >= 307;
  const dropped = new Set([
    ...(keepsBody ? [] : ["content-type"]),
    ...(url.host === request.url.host ? [] : ["authorization", "cookie", "www-authenticate", ...secretHeaders]),
  ]);
  return {
    url,
    method: keepsBody || request.method === "GET" || request.method === "HEAD" ? request.method : "GET",
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped.has(name.toLowerCase()))),
    body: keepsBody ? request.body : undefined,
  };
}

async function answerOf(response: IncomingMessage, maxBytes = Number.POSITIVE_INFINITY): Promise<HttpAnswer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    size += piece.byteLength;
    // daprd's component gives what fits, and so does this one. Leaving the loop ends the connection.
    if (size > maxBytes) break;
  }
  const { statusCode = 0, statusMessage = "", headers } = response;
  return {
    status: statusCode,
    statusText: `${String(statusCode)} ${statusMessage}`,
    headers: headersOf(headers),
    body: Buffer.concat(pieces).subarray(0, maxBytes),
  };
}

/** What Go's client keeps to itself, as it says how the body came. */
const hidden = new Set(["transfer-encoding", "trailer"]);

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const shown = Object.entries(headers).filter(([name]) => !hidden.has(name));
  const entries = shown.map(([name, value]) => [
    name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
