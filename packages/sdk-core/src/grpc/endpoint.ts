import { MechaError } from "@mecha/spec";

/** Where a gRPC channel goes. */
export interface GrpcEndpoint {
  /** The endpoint without its TLS, in gRPC's own syntax. */
  readonly target: string;
  /** Whether the endpoint itself asks for TLS. */
  readonly secure: boolean;
}

/** Where a socket connects to. */
export type SocketAddress =
  | { readonly path: string }
  | {
      readonly host: string;
      readonly port: number;
      /** Who is asked for the host's addresses, if not the system. */
      readonly nameServer?: string;
    };

/** Port of an endpoint that names none; Dapr's SDKs agree on it. */
const defaultPort = "443";

/**
 * Reads an endpoint in the syntax of Dapr's `DAPR_GRPC_ENDPOINT`: `host`, `host:port`, `:port`, `http://…`, `https://…` (TLS),
 * `grpc://…`, `grpcs://…` (TLS), `dns:host:port`, `dns://authority/host:port`, `ipv4:…`, `ipv6:[…]:port`, `unix:/path`,
 * `unix-abstract:name`. `?tls=true` asks for TLS where the scheme does not say.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for anything else.
 */
export function parseGrpcEndpoint(endpoint: string): GrpcEndpoint {
  const [address = "", query] = endpoint.split("?", 2);
  const scheme = /^([a-z][a-z0-9-]*):(?=\/\/|[^\d]|\d+\.\d+\.)/.exec(address)?.[1];
  const asked = tlsOf(query, endpoint);
  switch (scheme) {
    case "unix":
    case "unix-abstract":
      return { target: address, secure: asked ?? false };
    case "http":
    case "https":
    case "grpc":
    case "grpcs": {
      if (asked !== undefined && scheme.startsWith("http"))
        throw invalid(endpoint, "http and https say by themselves whether TLS is used");
      const target = withPort(address.slice(scheme.length + 1).replace(/^\/\//, ""), endpoint);
      return { target, secure: asked ?? scheme.endsWith("s") };
    }
    case "dns": {
      const [, authority = "", host = ""] = /^dns:(\/\/[^/]*\/)?(.*)$/.exec(address) ?? [];
      return { target: `dns:${authority}${withPort(host, endpoint)}`, secure: asked ?? false };
    }
    case "ipv4":
    case "ipv6":
      return { target: `${scheme}:${withPort(address.slice(5), endpoint)}`, secure: asked ?? false };
    default:
      return { target: withPort(address, endpoint), secure: asked ?? false };
  }
}

/** Where the target of a {@link GrpcEndpoint} is. */
export function socketAddressOf(target: string): SocketAddress {
  const [, scheme, rest = target] = /^(unix|unix-abstract|dns|ipv4|ipv6):(?!\d+$)(.*)$/.exec(target) ?? [];
  if (scheme === "unix") return { path: rest.replace(/^\/\/(?=\/)/, "") };
  // A name that begins with a zero byte is not in the file system (Linux).
  if (scheme === "unix-abstract") return { path: `\0${rest}` };
  const [, nameServer, hostAndPort = ""] = /^(?:\/\/([^/]*)\/)?(.*)$/.exec(rest) ?? [];
  const [, host = "", port] = /^(.*):(\d+)$/.exec(hostAndPort) ?? [];
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port),
    ...(nameServer !== undefined && nameServer !== "" && { nameServer }),
  };
}

function tlsOf(query: string | undefined, endpoint: string): boolean | undefined {
  if (query === undefined) return undefined;
  const match = /^tls=(true|false)$/i.exec(query);
  if (match === null) throw invalid(endpoint, `of parameters only ?tls=true and ?tls=false are known, not "?${query}"`);
  return match[1]?.toLowerCase() === "true";
}

function withPort(text: string, endpoint: string): string {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]\s]*)(?::(\d{1,5}))?\/?$/.exec(text);
  const [, host = "", port] = match ?? [];
  if (match === null || (host === "" && port === undefined)) throw invalid(endpoint, "it names no host and port");
  return `${host === "" ? "localhost" : host}:${port ?? defaultPort}`;
}

function invalid(endpoint: string, reason: string): MechaError {
  const message = `The endpoint "${endpoint}" cannot be used: ${reason}. Examples: 127.0.0.1:50001, https://dapr.example.com:443, dns:dapr:50001?tls=true, unix:/run/dapr.sock`;
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "connect" });
}
