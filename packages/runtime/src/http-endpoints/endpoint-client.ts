import { Agent as HttpAgent, request as startHttp } from "node:http";
import { Agent as HttpsAgent, request as startHttps, type AgentOptions } from "node:https";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { createHttpClient, type AppHttpClient } from "../app-channel/http-exchange.js";

/** A server outside, as an HTTPEndpoint or an address in a path names it. */
export interface EndpointTarget {
  readonly baseUrl: URL;
  /** Set on every call; names in lower case. */
  readonly headers: Metadata;
  /** PEM documents of the connection. @defaultValue those of the system */
  readonly tls?: TlsDocuments;
}

/** PEM documents of a TLS client. */
export type TlsDocuments = Pick<AgentOptions, "ca" | "cert" | "key">;

/** What keeps connections: one agent a protocol. */
export interface EndpointAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

/** How long a connection that is not used is kept, in milliseconds; daprd's time. */
const idleMs = 90_000;

/** Makes what keeps connections. TLS is version 1.2 or newer, and certificates are checked. */
export function createAgents(tls: TlsDocuments = {}): EndpointAgents {
  const http = new HttpAgent({ keepAlive: true, timeout: idleMs });
  const https = new HttpsAgent({ keepAlive: true, timeout: idleMs, minVersion: "TLSv1.2", ...tls });
  return {
    http,
    https,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/**
 * Makes the client of a server outside. Redirects are answers as any other: headers with secrets go to the server that the YAML
 * names and to no other.
 */
export function createEndpointClient({ baseUrl, headers }: EndpointTarget, agents: EndpointAgents): AppHttpClient {
  const isSecure = baseUrl.protocol === "https:";
  const prefix = baseUrl.pathname.replace(/\/+$/u, "");
  return createHttpClient({
    start: isSecure ? startHttps : startHttp,
    agent: isSecure ? agents.https : agents.http,
    host: baseUrl.hostname.replace(/^\[(.*)\]$/u, "$1"),
    port: baseUrl.port === "" ? (isSecure ? 443 : 80) : Number(baseUrl.port),
    // No method means the base itself, which need not end with a slash.
    pathOf: (path) => (prefix !== "" && /^\/(?:$|\?)/u.test(path) ? prefix + path.slice(1) : prefix + path),
    headers: { ...authorization(baseUrl), ...headers },
  });
}

/** An address may carry a user: `https://user:password@host`. */
function authorization({ username, password }: URL): Metadata {
  if (username === "") return {};
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(user, "utf8").toString("base64")}` };
}
