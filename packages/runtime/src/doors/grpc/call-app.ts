import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { MechaError } from "@mecha/spec";
import { failureTrailers } from "./end-call.js";
import { endedEarly } from "./join-calls.js";

/** How an app ended a call. */
export interface AppEnding {
  /** The headers of an answer, or all there is of one: its status is among them then. */
  readonly headers: OutgoingHttpHeaders;
  /** `undefined` where the headers are all there is. */
  readonly trailers: OutgoingHttpHeaders | undefined;
}

/** An app ended a call with a status that is a failure. */
export class AppFailure extends Error {
  readonly ending: AppEnding;
  /** gRPC's status. */
  readonly status: number;

  constructor(ending: AppEnding, status: number) {
    super(`the app answered with status ${String(status)}`);
    this.ending = ending;
    this.status = status;
  }
}

/** What {@link callApp} does with a call. */
export interface AppCall {
  /** Ends the call when it aborts. */
  readonly signal: AbortSignal | undefined;
  /** Sends the request. */
  readonly send: (app: ClientHttp2Stream) => void;
  /** Takes a piece of the messages of the answer. */
  readonly onPiece: (piece: Buffer, headers: OutgoingHttpHeaders) => void;
}

/** The status of an answer that says none. */
const unknownStatus = 2;

/**
 * Makes a call that has been begun at an app, to its end.
 *
 * @throws AppFailure for a status that is a failure and for an app that went away; what a failed request has ended the call with
 */
export function callApp(app: ClientHttp2Stream, { signal, send, onPiece }: AppCall): Promise<AppEnding> {
  return new Promise((resolve, reject) => {
    let headers: OutgoingHttpHeaders = {};
    let trailers: OutgoingHttpHeaders | undefined;
    let isRead = false;
    let isOver = false;
    let failure: unknown;
    const end = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      signal?.removeEventListener("abort", giveUp);
      if (!app.closed) app.close(constants.NGHTTP2_CANCEL);
      settle();
    };
    const giveUp = (): void => {
      end(() => reject(MechaError.from(signal?.reason, "The call was given up")));
    };
    const answer = (): void => {
      const status = Number((trailers ?? headers)["grpc-status"] ?? unknownStatus);
      const ending = { headers, trailers };
      end(() => (status === 0 ? resolve(ending) : reject(new AppFailure(ending, status))));
    };
    app.once("response", (received: IncomingHttpHeaders, flags: number) => {
      headers = received;
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) answer();
    });
    app.once("trailers", (received: IncomingHttpHeaders) => {
      trailers = received;
      if (isRead) answer();
    });
    app.on("data", (piece: Buffer) => {
      if (!isOver) onPiece(piece, headers);
    });
    app.once("end", () => {
      isRead = true;
      if (trailers !== undefined) answer();
    });
    app.once("error", (error: unknown) => {
      failure = error;
    });
    app.once("close", () => {
      end(() => {
        reject(MechaError.is(failure) ? failure : brokenOff());
      });
    });
    signal?.addEventListener("abort", giveUp);
    if (signal?.aborted === true) giveUp();
    else send(app);
  });
}

function brokenOff(): AppFailure {
  const error = endedEarly();
  const headers = { ":status": 200, "content-type": "application/grpc" };
  return new AppFailure({ headers, trailers: failureTrailers(error) }, error.grpcStatus);
}
