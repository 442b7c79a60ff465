import { join } from "node:path";

/** Where the servers of a run on the original packages are, `host:port` each. */
export interface OriginalsSetting {
  readonly redis: string;
  readonly rocketmq: string;
  readonly nacos: string;
  /** Parts runs that share servers. */
  readonly environment: string;
  /** Home folder of the processes: the nacos client keeps a cache there. */
  readonly home: string;
  /** Two free ports of the run's own: for the stock service, and for the port that the nacos client shares. */
  readonly ports: { readonly stockService: number; readonly clusterClient: number };
}

const preload = join(import.meta.dirname, "loopback-only.cjs");

/** The environment in which the example runs on the original packages, on this machine alone. */
export function originalsEnvironment(setting: OriginalsSetting): Readonly<Record<string, string>> {
  const [host = "", port = ""] = setting.redis.split(":");
  return {
    ACME_ENV: setting.environment,
    HOME: setting.home,
    NODE_OPTIONS: `--require "${preload}"`,
    NODE_CLUSTER_CLIENT_PORT: String(setting.ports.clusterClient),
    REDIS_HOST: host,
    REDIS_PORT: port,
    REDIS_PASSWORD: "",
    NACOS_SERVER: setting.nacos,
    ONS_NAMESRV: setting.rocketmq,
    STOCK_SERVICE_ADDRESS: `127.0.0.1:${String(setting.ports.stockService)}`,
  };
}
