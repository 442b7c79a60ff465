/** The servers that this package can start. */
export const engineNames = ["redis", "rocketmq", "nacos", "daprd", "placement", "scheduler"] as const;

/** The name of a server that this package can start. */
export type EngineName = (typeof engineNames)[number];

/** Where a Redis answers. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port` */
  readonly address: string;
}

/** Where a RocketMQ answers. Each address is `host:port`. */
export interface RocketmqAddress {
  /** Remoting protocol: what the 4.x clients, ali-ons among them, are configured with. */
  readonly nameServer: string;
  /** Remoting protocol: the one broker behind the name server. */
  readonly broker: string;
  /** gRPC: the endpoint of the 5.x clients. */
  readonly proxy: string;
}

/** Where a Nacos answers. Its gRPC port for 2.x clients is the port plus 1000. */
export interface NacosAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port` */
  readonly address: string;
}

/** Where Dapr's placement service answers over gRPC: what a sidecar takes as its placement host. */
export interface PlacementAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port` */
  readonly address: string;
}

/** Where Dapr's scheduler answers over gRPC: what a sidecar takes as its scheduler host. */
export interface SchedulerAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port` */
  readonly address: string;
}

/** The shape of the address of each engine that a test run shares. Of daprd each test starts its own. */
export interface EngineAddresses {
  readonly redis: RedisAddress;
  readonly rocketmq: RocketmqAddress;
  readonly nacos: NacosAddress;
  readonly placement: PlacementAddress;
  readonly scheduler: SchedulerAddress;
}

/** The name of an engine that a test run shares. */
export type SharedEngineName = keyof EngineAddresses;

/** Whether a test run shares the engine of that name. */
export function isSharedEngine(name: string): name is SharedEngineName {
  return name !== "daprd" && (engineNames as readonly string[]).includes(name);
}

/** How an engine is stopped. */
export interface StopOptions {
  /**
   * Kill the processes at once, in place of asking them to end (RocketMQ takes up to 20 s when asked).
   *
   * @defaultValue true when the data folder was made by the start and goes with the engine, else false
   */
  readonly hard?: boolean;
}

/** What every start takes. */
export interface StartOptions {
  /**
   * Where the server keeps its files; created where it is missing, and kept after the stop.
   *
   * @defaultValue a new temporary folder, removed by the stop
   */
  readonly dataFolder?: string;
  /**
   * The server's (first) port; a start on a taken one is refused.
   *
   * @defaultValue free ones
   */
  readonly port?: number;
  /**
   * How long the server may take until it answers.
   *
   * @defaultValue 20 s for Redis, 60 s for those of Dapr, 150 s for the Java servers
   */
  readonly timeoutMs?: number;
}

/** A running server that belongs to this process, and dies with it. */
export interface RunningEngine extends AsyncDisposable {
  readonly name: EngineName;
  readonly pids: readonly number[];
  readonly dataFolder: string;
  /** Ends the server's processes and waits until they are gone. Idempotent. */
  stop(options?: StopOptions): Promise<void>;
}
