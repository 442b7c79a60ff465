import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { MechaError } from "@mecha/spec";

/** How a TLS connection is made; each member overrides an environment variable. Certificates and keys are PEM. */
export interface TlsOptions {
  /** Whom to trust. @defaultValue the file that `DAPR_GRPC_TLS_CA_PATH` names, else Node's authorities */
  readonly ca?: string | Uint8Array;
  /** The app's own certificate, with those that lead to its authority (mTLS). @defaultValue the file in `DAPR_GRPC_TLS_CERT_PATH` */
  readonly certificate?: string | Uint8Array;
  /** The key of the certificate. @defaultValue the file in `DAPR_GRPC_TLS_KEY_PATH` */
  readonly key?: string | Uint8Array;
  /** Name that the server's certificate shall have. @defaultValue the host of the endpoint */
  readonly serverName?: string;
  /** `true` takes any certificate: only for tests. @defaultValue whether `DAPR_GRPC_TLS_INSECURE` is `true` */
  readonly insecure?: boolean;
}

/** The settings of a TLS connection, files read. */
export interface TlsSettings {
  readonly ca: Buffer | null;
  readonly certificate: Buffer | null;
  readonly key: Buffer | null;
  readonly serverName: string | undefined;
  readonly insecure: boolean;
}

/**
 * The settings of a connection: `undefined` is plain text, unless the endpoint or any setting of TLS asks for TLS.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for files that cannot be read and certificates that make no sense.
 */
export function tlsSettings(
  isSecure: boolean,
  options: TlsOptions | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): TlsSettings | undefined {
  const ca = bytesOf(options?.ca, "DAPR_GRPC_TLS_CA_PATH", environment);
  const certificate = bytesOf(options?.certificate, "DAPR_GRPC_TLS_CERT_PATH", environment);
  const key = bytesOf(options?.key, "DAPR_GRPC_TLS_KEY_PATH", environment);
  const insecure = options?.insecure ?? environment["DAPR_GRPC_TLS_INSECURE"]?.toLowerCase() === "true";
  if (!isSecure && options === undefined && ca === null && certificate === null && !insecure) return undefined;
  if ((certificate === null) !== (key === null)) {
    const missing = certificate === null ? "a certificate for the key" : "the key of the certificate";
    throw invalid("The certificates for the connection cannot be used", `${missing} is missing`);
  }
  try {
    createSecureContext({ ...(ca && { ca }), ...(certificate && { cert: certificate }), ...(key && { key }) });
  } catch (cause) {
    throw invalid("The certificates for the connection cannot be used", cause);
  }
  return { ca, certificate, key, serverName: options?.serverName, insecure };
}

function bytesOf(
  given: string | Uint8Array | undefined,
  variable: string,
  environment: NodeJS.ProcessEnv,
): Buffer | null {
  if (given !== undefined) return Buffer.from(given as Uint8Array);
  const path = environment[variable];
  if (path === undefined || path === "") return null;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw invalid(`The file that ${variable} names cannot be read`, cause);
  }
}

function invalid(what: string, cause: unknown): MechaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MechaError("CONFIGURATION_INVALID", `${what}: ${reason}`, { cause, operation: "connect" });
}
