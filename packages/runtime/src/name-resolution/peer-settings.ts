import { networkInterfaces } from "node:os";
import { MechaError } from "@mecha/spec";

/** Where the runtimes of other machines reach the app of this one; each member overrides an environment variable. */
export interface PeerOptions {
  /** Port to listen on; 0 takes a free one. @defaultValue `MECHA_PEER_PORT`, else none is opened unless the name resolution registers it */
  readonly port?: number;
  /** Address to listen on. @defaultValue `MECHA_PEER_HOST`, else 127.0.0.1 */
  readonly host?: string;
  /** What others are told to call. @defaultValue `DAPR_HOST_IP`, else the address that is listened on, or one of this machine */
  readonly advertisedHost?: string;
  /** What all runtimes of a system have to send each other. @defaultValue `MECHA_PEER_TOKEN`, else nothing */
  readonly token?: string;
}

/** The same with nothing left open. */
export interface PeerSettings {
  readonly port: number | undefined;
  readonly host: string;
  readonly advertisedHost: string;
  /** Empty if none is asked for. */
  readonly token: string;
}

/**
 * Takes options and environment together.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a port that is none, and for an address that others reach without a token: whoever
 * calls there says himself which app he is
 */
export function peerSettings(options: PeerOptions, environment: NodeJS.ProcessEnv): PeerSettings {
  const host = options.host ?? filled(environment["MECHA_PEER_HOST"]) ?? "127.0.0.1";
  const token = options.token ?? environment["MECHA_PEER_TOKEN"] ?? "";
  const port = options.port ?? portOf(filled(environment["MECHA_PEER_PORT"]));
  if (token === "" && !isLoopback(host)) {
    throw invalid(
      `Other machines could call the app at ${host} without a token. Set MECHA_PEER_TOKEN to the same secret for all runtimes, or listen on 127.0.0.1.`,
    );
  }
  return { port, host, token, advertisedHost: options.advertisedHost ?? advertised(host, environment) };
}

function advertised(host: string, environment: NodeJS.ProcessEnv): string {
  const told = filled(environment["DAPR_HOST_IP"]);
  if (told !== undefined) return told;
  if (host !== "0.0.0.0" && host !== "::") return host;
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/u.test(host);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/u.test(text) && Number(text) <= 65_535) return Number(text);
  throw invalid(`MECHA_PEER_PORT is "${text}"; it is the number of a port`);
}

function filled(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function invalid(message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "peers.listen" });
}
