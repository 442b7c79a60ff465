import type { ComponentDefinition } from "@mecha/spec";
import type { AppChannel } from "../app/app-channel.js";
import type { SidecarConnectionOptions } from "../grpc/grpc-transport.js";
import type { Transport } from "../transport/transport.js";

/** A way to a runtime, opened once per process and shared. */
export interface RuntimeConnection {
  /** Where calls go. */
  readonly transport: Transport;
  /** Whether the runtime lives in this process or beside it. */
  readonly mode: "embedded" | "sidecar";
  /** Endpoint of the sidecar, as spans name it. */
  readonly address?: string;
  /** How the connection to the sidecar is made, for further ones: proxied gRPC. */
  readonly options?: SidecarConnectionOptions;
  /** Address of the sidecar's HTTP API, for invocations over HTTP. @defaultValue what the environment says */
  readonly httpEndpoint?: string;
  /**
   * Lets the runtime call this app: embedded registers it for invocation from this and other processes of the machine.
   * Resolves once calls will arrive, with a function that stops new calls and waits for those under way.
   */
  attachApp?(channel: AppChannel): Promise<() => Promise<void>>;
  /** Releases everything. Idempotent. */
  close(): Promise<void>;
}

/** How to open the embedded runtime. */
export interface EmbeddedRuntimeOptions {
  /** Name of this application, Dapr's app id. */
  readonly appId: string;
  /** Folders or files with resources (YAML). */
  readonly resourcesPaths: readonly string[];
  /** The app's own components, beside those that the runtime has. @defaultValue none */
  readonly components?: readonly ComponentDefinition[];
}

/** What `@mecha/runtime` exports for `connect()`: the seam between SDK and embedded runtime. */
export interface EmbeddedRuntimeModule {
  /** Opens a runtime in this process, with its components started. */
  openEmbeddedRuntime(options: EmbeddedRuntimeOptions): Promise<RuntimeConnection>;
}
