import type { ComponentDefinition } from "@mecha/spec";
import type { Catalogue } from "./components/load-definition.js";
import type { PeerOptions } from "./name-resolution/peer-settings.js";
import type { OpenSpans } from "./tracing/open-tracing.js";

/** How to make a runtime. */
export interface RuntimeOptions {
  /** Name of the app that the runtime serves. */
  readonly appId: string;
  /** Folders or files with resources (YAML). */
  readonly resourcesPaths: readonly string[];
  /**
   * File with a Dapr Configuration, as `--config` of daprd. Of its `spec`, these are heeded: `secrets` (scopes), `tracing`, `metrics` or
   * `metric`, `logging.apiLogging`, the feature `HotReload`, `accessControl`, `api` and `nameResolution`.
   *
   * @defaultValue none
   */
  readonly configFile?: string;
  /** Folder against which components resolve relative paths. @defaultValue the working directory */
  readonly baseFolder?: string;
  /** Runtimes of this machine with the same namespace find each other. @defaultValue `MECHA_NAMESPACE`, else the project that `baseFolder` is in */
  readonly namespace?: string;
  /** Component types and how to load them. @defaultValue that of `@mecha/components` */
  readonly catalogue?: Catalogue;
  /** Components of one's own, beside those of the catalogue; for a type that both have, these. @defaultValue none */
  readonly components?: readonly ComponentDefinition[];
  /**
   * Whether components and subscriptions that change in the resource folders are taken up while the runtime runs.
   *
   * @defaultValue what the feature `HotReload` of the Configuration says, else `true`, as daprd
   */
  readonly hotReload?: boolean;
  /**
   * Starts the runtime again, as resources of these kinds have changed, which are read at the start alone: Resiliency, HTTPEndpoint, and
   * the Configuration. Called while the runtime runs, once a change; what has changed can be read.
   *
   * @defaultValue a warning says that the next start takes them up
   */
  readonly onRestartNeeded?: (kinds: readonly string[]) => void;
  /** Largest request and response, in bytes. @defaultValue 4 MiB, as daprd */
  readonly maxMessageBytes?: number;
  /** How long `close()` waits for calls and events under way, in milliseconds. @defaultValue 5000 */
  readonly drainTimeoutMs?: number;
  /** Port of 127.0.0.1 on which the app has a gRPC server of its own, for proxied clients of other apps. @defaultValue none */
  readonly appGrpcPort?: number;
  /** What the app's own gRPC server is sent as `dapr-api-token` with proxied calls. @defaultValue nothing */
  readonly appApiToken?: string;
  /** Where the runtimes of other machines reach the app. @defaultValue what the variables `MECHA_PEER_…` say, else nowhere */
  readonly peers?: PeerOptions;
  /** Whether metrics are kept, to be served by `serveMetrics`. @defaultValue what the Configuration says, else not */
  readonly metrics?: boolean;
  /** Where the spans of `spec.tracing` go. @defaultValue the SDK that the process has registered with OpenTelemetry's API */
  readonly openSpans?: OpenSpans;
}
