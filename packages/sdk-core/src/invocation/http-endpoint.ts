import { MechaError } from "@mecha/spec";
import type { RuntimeConnection } from "../connection/runtime-connection.js";

/** Where the HTTP API of a sidecar is, and what it wants to see. */
export interface HttpEndpoint {
  /** Without a slash at its end. */
  readonly address: string;
  /** Sent as `dapr-api-token`; empty for none. */
  readonly apiToken: string;
}

/**
 * Where the HTTP API of a connection's sidecar is: what `connect()` was told, else the environment.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if nobody says, or says something that is no address.
 */
export function httpEndpointOf(
  { httpEndpoint, options }: RuntimeConnection,
  environment: NodeJS.ProcessEnv = process.env,
): HttpEndpoint {
  const address = httpEndpoint ?? environmentAddress(environment);
  if (address === undefined) {
    throw invalid(
      "The sidecar's HTTP API is needed to call an app over HTTP, and nobody says where it is: set DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT (daprd's --dapr-http-port), or use invoke(), which goes over gRPC",
    );
  }
  if (!URL.canParse(address) || !/^https?:/i.test(address)) {
    throw invalid(`The sidecar's HTTP API cannot be at "${address}"; an address is for example http://127.0.0.1:3500`);
  }
  return {
    address: address.replace(/\/+$/, ""),
    apiToken: options?.apiToken ?? environment["DAPR_API_TOKEN"] ?? "",
  };
}

function environmentAddress(environment: NodeJS.ProcessEnv): string | undefined {
  const { DAPR_HTTP_ENDPOINT: endpoint = "", DAPR_HTTP_PORT: port = "" } = environment;
  if (endpoint !== "") return endpoint;
  return port === "" ? undefined : `http://127.0.0.1:${port}`;
}

function invalid(message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "invocation.fetch" });
}
