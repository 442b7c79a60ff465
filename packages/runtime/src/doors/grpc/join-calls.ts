import {
  constants,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { MechaError } from "@mecha/spec";
import { refuse } from "./end-call.js";

/** Joins the two sides of a call: messages, headers, trailers, and the end of either. */
export function joinCalls(caller: ServerHttp2Stream, app: ClientHttp2Stream): void {
  let trailers: OutgoingHttpHeaders = {};
  app.once("response", (headers, flags) => {
    if (caller.closed) return;
    const { [":status"]: status, ...rest } = headers;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    caller.respond({ ":status": status, ...rest }, endStream ? { endStream } : { waitForTrailers: true });
    if (!endStream) app.pipe(caller);
  });
  app.once("trailers", (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  caller.once("wantTrailers", () => {
    caller.sendTrailers(trailers);
  });
  caller.pipe(app);
  caller.once("close", () => {
    if (!app.closed) app.close(constants.NGHTTP2_CANCEL);
  });
  app.on("error", () => undefined);
  app.once("close", () => {
    if (caller.closed || app.rstCode === constants.NGHTTP2_NO_ERROR) return;
    if (caller.headersSent) caller.close(app.rstCode);
    else refuse(caller, endedEarly());
  });
}

/** The error of a call whose app went away before it had answered. */
export function endedEarly(): MechaError {
  return new MechaError("UNAVAILABLE", "The app's gRPC server ended the call before it had answered");
}
