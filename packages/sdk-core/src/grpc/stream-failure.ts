import type { MechaError } from "@mecha/spec";
import { markUnsent } from "../call/unsent.js";
import { http2Error } from "../http2/frame-types.js";
import type { StreamFailure } from "../http2/http2-stream.js";
import { statusOfReset } from "./call-status.js";
import type { Channel } from "./channel.js";
import { fromGrpcStatus } from "./status.js";

/** The error of a call whose stream ended before its time. */
export function failureOf(failure: StreamFailure, channel: Channel): MechaError {
  if (failure.kind === "lost") return channel.lostError(failure.reason, failure.isUnsent);
  const error = fromGrpcStatus(statusOfReset(failure.code));
  // The other side's HTTP/2 refused it before anybody looked at it.
  return failure.code === http2Error.refusedStream ? markUnsent(error) : error;
}
