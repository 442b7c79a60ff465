import { MechaError } from "@mecha/spec";
import type { Runtime } from "../runtime.js";

/** Where metrics are served: a TCP port (0 takes a free one) of an address. */
export interface MetricsAddress {
  /** @defaultValue `127.0.0.1` */
  readonly host?: string;
  readonly port: number;
}

/** A server of metrics. */
export interface MetricsServer extends AsyncDisposable {
  /** `http://host:port` */
  readonly address: string;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves the metrics of a runtime in Prometheus' text format, at every path, as daprd does on its metrics port.
 *
 * @throws MechaError `FAILED_PRECONDITION` for a runtime that was made without metrics, `UNAVAILABLE` if the address cannot be had
 */
export async function serveMetrics(runtime: Runtime, address: MetricsAddress): Promise<MetricsServer> {
  const { metrics } = runtime;
  if (metrics === undefined) {
    throw new MechaError("FAILED_PRECONDITION", "The runtime has no metrics. Make it with the option metrics.", {
      operation: "metrics.listen",
    });
  }
  const { listenForHttp } = await import("../doors/http/listen-for-http.js");
  const listener = await listenForHttp(address, async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405).end();
      return;
    }
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType }).end(request.method === "HEAD" ? undefined : text);
  });
  const close = (): Promise<void> => {
    removeDoor();
    return listener.close();
  };
  const removeDoor = runtime.addDoor(close);
  return { address: listener.address, close, [Symbol.asyncDispose]: close };
}
