import type { AppChannelProtocol, AppHealthCheck, PeerOptions } from "@mecha/runtime";

/** How an app and the runtime beside it are run. */
export interface AppSettings {
  readonly appId: string;
  /** What starts the app; empty for the runtime alone. */
  readonly command: readonly string[];
  /** Port on which the app takes the calls of the runtime; 0 for none. */
  readonly appPort: number;
  readonly appProtocol: AppChannelProtocol;
  /** Where the app listens. */
  readonly appChannelAddress: string;
  /** Most calls that the app has at a time; 0 for any number. */
  readonly appMaxConcurrency: number;
  readonly appHealthCheckPath: string;
  /** How the app's health is probed; absent where it is not. */
  readonly appHealthCheck: AppHealthCheck | undefined;
  /** 0 takes a free port. */
  readonly daprHttpPort: number;
  /** 0 takes a free port. */
  readonly daprGrpcPort: number;
  /** Port for clients of Redis; 0 takes a free one, absent where none is wanted. */
  readonly redisPort: number | undefined;
  /** Address of that port. */
  readonly redisListenAddress: string;
  /** What clients of that port must know; empty for none. */
  readonly redisPassword: string;
  /** Where runtimes of other machines call the app. */
  readonly peers: PeerOptions;
  readonly resourcesPaths: readonly string[];
  /** File with a Dapr Configuration. */
  readonly configFile: string | undefined;
  /** Addresses on which the runtime listens. */
  readonly listenAddresses: readonly string[];
  /** Folder for Unix sockets in place of ports. */
  readonly unixDomainSocket: string | undefined;
  /** Largest request and response, in bytes. */
  readonly maxBodyBytes: number;
  /** Most bytes of the headers of an HTTP request. */
  readonly maxHeaderBytes: number;
  /** Whether metrics are kept; the Configuration says where the flags do not. */
  readonly metrics: boolean | undefined;
  /** Port of the metrics; 0 takes a free one. */
  readonly metricsPort: number;
  /** Address on which metrics are served. */
  readonly metricsListenAddress: string;
  /** The log has one JSON object a line. */
  readonly isLogJson: boolean;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Whether calls of the HTTP API are logged; the Configuration says where the flag does not. */
  readonly isApiLogged: boolean | undefined;
  /** Flags that were given and change nothing here, each with why. */
  readonly ignored: readonly string[];
}
