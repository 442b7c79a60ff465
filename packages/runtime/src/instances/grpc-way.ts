import type { Duplex } from "node:stream";
import type { Metadata } from "@mecha/sdk-core/protocol";

/** A connection to the gRPC server of an app, or to who passes calls on to it. */
export interface GrpcWay {
  readonly socket: Duplex;
  /** What has to go with each call. */
  readonly headers: Metadata;
  /** Whether a runtime there asks of each call who makes it. */
  readonly asksWho: boolean;
}
