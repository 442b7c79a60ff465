import { connect } from "node:net";
import { join } from "node:path";
import { freePortFamily, startDaprd, startPlacement, startRedis, startScheduler } from "@mecha/engines";

/** A sidecar for each app of `examples/nest-orders`, with a Redis behind them. */
export interface NestOrdersSidecars extends AsyncDisposable {
  /** What tells the example's end-to-end test where everything is. */
  readonly env: Readonly<Record<string, string>>;
}

const apps = ["orders", "inventory"];

/** Starts real sidecars on the example's own components for daprd. */
export async function startSidecars(folder: string): Promise<NestOrdersSidecars> {
  const engines: AsyncDisposable[] = [];
  const own = <T extends AsyncDisposable>(engine: T): T => {
    engines.unshift(engine);
    return engine;
  };
  const stop = async (): Promise<void> => {
    for (const engine of engines.splice(0)) await engine[Symbol.asyncDispose]();
  };
  try {
    return { env: await startAll(folder, own), [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

type Own = <T extends AsyncDisposable>(engine: T) => T;

async function startAll(folder: string, own: Own): Promise<Record<string, string>> {
  const redis = own(await startRedis());
  const placement = own(await startPlacement());
  const scheduler = own(await startScheduler());
  await announceChanges(redis.port);
  const env: Record<string, string> = { SETTINGS_REDIS: redis.address };
  for (const appId of apps) {
    const appPort = await freePortFamily([0]);
    const sidecar = own(
      await startDaprd({
        appId,
        appPort,
        placement,
        scheduler,
        resourcesFolders: [join(folder, "components-daprd")],
        namesFile: join(folder, "names.db"),
        env: { REDIS_ADDRESS: redis.address, PARTNER_KEY: "open sesame" },
      }),
    );
    const name = appId.toUpperCase();
    env[`${name}_PORT`] = String(appPort);
    env[`${name}_DAPR_GRPC_PORT`] = String(sidecar.grpcPort);
    env[`${name}_DAPR_HTTP_PORT`] = String(sidecar.httpPort);
  }
  return env;
}

/** Without it `configuration.redis` hears of no change. */
async function announceChanges(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject).once("data", () => resolve());
      socket.write("CONFIG SET notify-keyspace-events KEA\r\n");
    });
  } finally {
    socket.destroy();
  }
}
