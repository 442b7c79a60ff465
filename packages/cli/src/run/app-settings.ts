import type { AppChannelProtocol } from "@mecha/runtime";

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
  /** 0 takes a free port. */
  readonly daprHttpPort: number;
  /** 0 takes a free port. */
  readonly daprGrpcPort: number;
  readonly resourcesPaths: readonly string[];
  /** File with a Dapr Configuration. */
  readonly configFile: string | undefined;
  /** Addresses on which the runtime listens. */
  readonly listenAddresses: readonly string[];
  /** Folder for Unix sockets in place of ports. */
  readonly unixDomainSocket: string | undefined;
  /** Largest request and response, in bytes. */
  readonly maxBodyBytes: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly isApiLogged: boolean;
  /** Flags that were given and change nothing here, each with why. */
  readonly ignored: readonly string[];
}
