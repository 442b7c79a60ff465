import { type DaprdEngine, freePortFamily, startDaprd } from "@mecha/engines";

/** How the sidecar of a service is started. */
export interface SidecarOptions {
  readonly appId: string;
  /** Folder with the components. */
  readonly components: string;
  /** Where sidecars find each other. */
  readonly namesFile: string;
  /** The port on which the service is called; absent if it only calls others. */
  readonly appPort?: number;
  readonly env: Readonly<Record<string, string>>;
}

/** The sidecar of a service. */
export interface Sidecar extends AsyncDisposable {
  readonly grpcPort: number;
  /** What it counted since its start: the sum of each metric over all labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Kills it and starts it again on the same ports. */
  restart(): Promise<void>;
}

/** Starts a sidecar of daprd that counts what it does. */
export async function startSidecar({ appId, components, namesFile, appPort, env }: SidecarOptions): Promise<Sidecar> {
  const metricsPort = await freePortFamily([0]);
  const metricsArgs = ["--enable-metrics=true", `--metrics-port=${metricsPort}`, "--metrics-listen-address=127.0.0.1"];
  const start = (port?: number): Promise<DaprdEngine> =>
    startDaprd({
      appId,
      resourcesFolders: [components],
      namesFile,
      logLevel: "warn",
      args: metricsArgs,
      env,
      ...(appPort !== undefined && { appPort, appProtocol: "grpc" }),
      ...(port !== undefined && { port }),
    });
  let daprd = await start();
  return {
    grpcPort: daprd.grpcPort,
    metrics: async () => sums(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()),
    async restart() {
      await daprd.stop({ hard: true });
      daprd = await start(daprd.httpPort);
    },
    [Symbol.asyncDispose]: () => daprd.stop({ hard: true }),
  };
}

/** Adds up the samples of each metric in Prometheus's text format. */
function sums(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, name = "", value] of text.matchAll(/^([a-z_]+)(?:\{.*\})? ([\d.e+]+)$/gm)) {
    found.set(name, (found.get(name) ?? 0) + Number(value));
  }
  return found;
}
