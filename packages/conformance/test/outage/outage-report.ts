import type { LedgerSum } from "./event-ledger.js";

/** What an app under load is told, as its one argument in JSON. */
export interface OutagePlan {
  /** `host:port` of the sidecar's gRPC API. */
  readonly endpoint: string;
  readonly pubsub: string;
  readonly topic: string;
  readonly store: string;
  /** How long it publishes. */
  readonly seconds: number;
  /** When it measures itself, in seconds from its start. */
  readonly sampleAt: readonly number[];
}

/** What the app measured at one moment, its load at rest. */
export interface OutageSample {
  readonly atSecond: number;
  /** Heap in use after a forced collection. */
  readonly heapBytes: number;
  readonly handles: number;
}

/** What the app says in the end. */
export interface OutageReport extends LedgerSum {
  /** Handlers that threw on purpose. */
  readonly thrown: number;
  /** Calls that failed, by the code of their error; what is no error of Mecha is `foreign`. */
  readonly failures: Readonly<Record<string, number>>;
  /** State that was saved and read back. */
  readonly stateCalls: number;
  /** How often a stream broke. */
  readonly streamErrors: number;
  /** Unhandled rejections, uncaught exceptions and warnings of leaking listeners, by their messages. */
  readonly unhandled: readonly string[];
  readonly handlesAtStart: number;
  readonly handlesAtEnd: number;
  readonly samples: readonly OutageSample[];
}
