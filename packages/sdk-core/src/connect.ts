import { resolveCallSettings } from "./call/call-settings.js";
import { resolveTarget, type ConnectOptions } from "./connection/environment.js";
import { shareConnection } from "./connection/shared-connection.js";
import { createMecha, type Mecha } from "./mecha.js";

/**
 * Connects to the runtime: the sidecar that `DAPR_GRPC_ENDPOINT` or `DAPR_GRPC_PORT` names, else the embedded runtime
 * with the resources in `DAPR_RESOURCES_PATHS` or `./components`. A process has one connection; each call takes a share.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for wrong settings or resources, `UNAVAILABLE` if a backend does not answer.
 */
export async function connect(options: ConnectOptions = {}): Promise<Mecha> {
  const target = resolveTarget(options);
  const { timeoutMs, retry, circuitBreaker, interceptors } = options;
  const settings = {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retry !== undefined && { retry }),
    ...(circuitBreaker !== undefined && { circuitBreaker }),
    ...(interceptors !== undefined && { interceptors }),
  };
  // Before the connection is opened: wrong settings shall not leave one behind.
  resolveCallSettings(settings, target.mode);
  const { connection, release } = await shareConnection(target);
  return createMecha(connection, target.appId, { ...settings, release });
}
