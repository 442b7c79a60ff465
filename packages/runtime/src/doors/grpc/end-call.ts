import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { MechaError } from "@mecha/spec";

/** The trailers of a call that has failed here. */
export function failureTrailers({ grpcStatus, message }: MechaError): OutgoingHttpHeaders {
  return {
    "grpc-status": String(grpcStatus),
    // Only what has to be: grpc-js does not decode an escaped slash or comma.
    "grpc-message": message.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent),
  };
}

/** Ends a call that has no answer yet, with a status in the headers. */
export function refuse(stream: ServerHttp2Stream, error: MechaError): void {
  if (stream.closed || stream.headersSent) return;
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", ...failureTrailers(error) },
    { endStream: true },
  );
}
