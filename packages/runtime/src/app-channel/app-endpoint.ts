import type { AppChannel, Transport } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import type { AppHttpClient } from "./http-exchange.js";

/** What a runtime speaks with its app. */
export type AppChannelProtocol = "http" | "grpc";

/** An app that waits for the calls of its runtime on a port of its own, as daprd's `--app-port` has it. */
export interface AppEndpoint {
  readonly port: number;
  readonly protocol: AppChannelProtocol;
  /** @defaultValue `127.0.0.1` */
  readonly host?: string;
  /** Sent to the app as `dapr-api-token`, so that it knows its runtime. @defaultValue none */
  readonly apiToken?: string;
  /** Most calls that the app has at a time; further ones wait. @defaultValue no limit */
  readonly maxConcurrency?: number;
  /** Where an HTTP app says that it is well. @defaultValue `/healthz` */
  readonly healthPath?: string;
  /** Has the app probed: nothing is brought to it while it is not well. @defaultValue it is not probed */
  readonly healthCheck?: AppHealthCheck;
}

/** How an app's health is probed: over HTTP at its health path, over gRPC by `AppCallbackHealthCheck`. */
export interface AppHealthCheck {
  /** Time from one probe to the next. */
  readonly intervalMs: number;
  /** How long the app may take for one; no longer than the interval. */
  readonly timeoutMs: number;
  /** Failed probes in a row after which the app is not well. */
  readonly threshold: number;
}

/** What is put around the clients that call an app. */
export interface AppClientObserver {
  readonly http: (client: AppHttpClient) => AppHttpClient;
  readonly grpc: (transport: Transport) => Transport;
}

/** What a channel to an app is opened with. */
export interface AppChannelOptions extends AppEndpoint {
  /** Largest message that is taken from the app, in bytes. */
  readonly maxMessageBytes: number;
  /** Path at which an HTTP app takes the events of an input binding. @defaultValue the name of the binding */
  readonly bindingRoute?: (name: string) => string;
  /** Watches the calls of the app. @defaultValue nobody does */
  readonly observer?: AppClientObserver | undefined;
  /** Hears of answers of the app that cannot be passed on to anybody. */
  readonly logger: ComponentLogger;
}

/** An app that is a process of its own: it takes what it says when it is asked, and runs with whatever components there are. */
export interface AskedApp {
  /** Asks whether the app takes the events of an input binding whose YAML does not say so. */
  readonly wantsEvents: (binding: string) => Promise<boolean>;
}

/** An app that a runtime is connected with. */
export interface ConnectedApp {
  /** Takes the app away: nothing is brought to it any more, and the connections end. */
  readonly leave: () => Promise<void>;
  /** Brings nothing new about, as the runtime begins to close. */
  readonly freeze: () => void;
  /** Ends the connections alone, once the runtime has closed. */
  readonly disconnect: () => void;
}

/** A channel to an app that is open. */
export interface AppConnection extends AskedApp {
  readonly channel: AppChannel;
  /** Ends the connections. Calls under way fail. */
  readonly close: () => void;
}
