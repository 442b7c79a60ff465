import type { Host, HostOptions, Mecha } from "@mecha/sdk-core";

/** Names of the components that a runtime has loaded for the suite. */
export interface CallsInComponents {
  /** A pub/sub component that delivers again what is answered with RETRY, where the run says so. */
  readonly pubsub: string;
  /** A pub/sub component whose subscriptions may have wildcards in their topic. */
  readonly wildcard?: string;
  /** An input binding that has an event about every second. */
  readonly schedule?: string;
}

/** What calls the app in a run of the suite. */
export interface CallsInRun {
  readonly components: CallsInComponents;
  /** The runtime calls a port of the app: rules, batches, input bindings. Otherwise a host with them must not start. */
  readonly callbacks: boolean;
  /** The runtime has jobs. */
  readonly jobs?: boolean;
  /** The app is called over HTTP, with streams of bytes. */
  readonly http?: boolean;
}

/** A runtime and the app beside it. */
export interface CallsInTarget {
  /** The app's connection. */
  readonly mecha: Mecha;
  /** Where the app's host is to wait. */
  readonly hostOptions: HostOptions;
  /** Another app, which calls the first; absent where there is only one. */
  readonly caller?: Mecha;
  /** Resolves when the runtime knows the app's handlers. */
  ready(host: Host): Promise<void>;
  /** Ends what was started for the target. */
  close(): Promise<void>;
}

/** One part of the suite: registers handlers before the one host of the run starts, and tests them after it. */
export interface CallsInPart {
  readonly register: (host: Host) => void;
  readonly tests: (target: () => CallsInTarget) => void;
}
