import type { RespPort } from "@mecha/adapter-cache";
import type { Runtime } from "@mecha/runtime";
import { createMecha } from "@mecha/sdk-core";
import type { AppSettings } from "./app-settings.js";

/** Opens the port for clients of Redis, if the settings ask for one; it closes with the runtime. */
export async function openRedisPort(runtime: Runtime, settings: AppSettings): Promise<RespPort | undefined> {
  const { redisPort, redisListenAddress, redisPassword, resourcesPaths, appId } = settings;
  if (redisPort === undefined) return undefined;
  // The command engine is loaded only where it is asked for.
  const [{ serveRespPort }, { loadAdapterSettings }] = await Promise.all([
    import("@mecha/adapter-cache"),
    import("@mecha/adapter-kit"),
  ]);
  const rules = await loadAdapterSettings({
    ...process.env,
    APP_ID: appId,
    DAPR_RESOURCES_PATHS: resourcesPaths.join(","),
  });
  const { transport } = runtime;
  const mecha = createMecha({ transport, mode: "embedded", close: () => Promise.resolve() }, appId);
  const port = await serveRespPort({
    transport,
    routing: { settings: rules, components: (await mecha.metadata()).components },
    host: redisListenAddress,
    port: redisPort,
    password: redisPassword,
  });
  runtime.addDoor(() => port.close());
  return port;
}
