import { once } from "node:events";
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { MechaError } from "@mecha/spec";
import type { CallContext } from "../transport/handler.js";
import { decodeFrames, encodeFrame } from "./frame.js";
import { startDeadline } from "./deadline-timer.js";
import { metadataFrom, sendableMetadata, timeoutFrom, trailersFor } from "./headers.js";
import type { MethodHandler } from "./method-handler.js";
import { toGrpcStatus, type GrpcStatus } from "./status.js";

const ok: GrpcStatus = { code: 0, message: "" };

/** Answers one call: reads its messages, runs its handler, ends it with a status. Never rejects. */
export async function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  entry: MethodHandler,
  maximumBytes: number,
): Promise<void> {
  const call = new ServerCall(stream, headers);
  try {
    const requests = decodeRequests(stream, entry, maximumBytes);
    if (entry.method.kind === "unary") {
      // The two members of the union were paired by methodHandlers(); TypeScript cannot follow that through the entry.
      const handle = entry.handle as Extract<MethodHandler, { method: { kind: "unary" } }>["handle"];
      const request = await single(requests);
      // Its caller may be gone by now, and will never hear of what the handler would do.
      if (call.failure !== undefined) throw call.failure;
      const response = await call.bounded(handle(request, call.context));
      await call.send(entry.method.response.encode(response).finish());
    } else {
      const handle = entry.handle as Extract<MethodHandler, { method: { kind: "stream" } }>["handle"];
      for await (const response of handle(requests, call.context))
        await call.send(entry.method.response.encode(response).finish());
    }
    call.end(ok);
  } catch (error) {
    call.end(toGrpcStatus(call.failure ?? error));
  }
}

async function* decodeRequests(
  stream: ServerHttp2Stream,
  { method }: MethodHandler,
  maximumBytes: number,
): AsyncGenerator<unknown, void, undefined> {
  // Ending the iteration early must not destroy the stream: the response still goes out on it.
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const frame of decodeFrames(chunks, maximumBytes)) yield method.request.decode(frame);
}

async function single(requests: AsyncIterable<unknown>): Promise<unknown> {
  for await (const request of requests) return request;
  throw new MechaError("INTERNAL", "The call ended without a request message");
}

/** The server's side of one call. */
class ServerCall {
  readonly context: CallContext;
  /** Why the call was given up, if it was. */
  failure: MechaError | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #abort = new AbortController();
  readonly #headers: Record<string, string> = {};
  readonly #trailers: Record<string, string> = {};
  readonly #stopTimer: () => void;
  #ended = false;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#stream = stream;
    const timeoutMs = timeoutFrom(headers);
    this.#stopTimer = startDeadline(timeoutMs ?? Number.POSITIVE_INFINITY, () => {
      this.#giveUp(new MechaError("DEADLINE_EXCEEDED", "The call's deadline passed"));
    });
    stream.on("close", () => {
      if (!this.#ended) this.#giveUp(new MechaError("CANCELLED", "The caller ended the call"));
      this.#stopTimer();
    });
    this.context = {
      metadata: metadataFrom(headers),
      signal: this.#abort.signal,
      ...(timeoutMs !== undefined && { deadline: Date.now() + timeoutMs }),
      peer: peerOf(stream),
      setHeader: (name, value) => {
        this.#headers[name] = value;
      },
      setTrailer: (name, value) => {
        this.#trailers[name] = value;
      },
    };
  }

  /** Waits for a result, but no longer than the call lives. */
  async bounded<T>(result: Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    let stop: (() => void) | undefined;
    const ended = new Promise<never>((_, reject) => {
      stop = () => {
        reject(this.failure ?? new MechaError("CANCELLED", "The call ended"));
      };
      signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([result, ended]);
    } finally {
      if (stop !== undefined) signal.removeEventListener("abort", stop);
    }
  }

  /** Sends one message; waits while the other side does not keep up. */
  async send(message: Uint8Array): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.#respond();
    if (!this.#stream.write(encodeFrame(message))) await once(this.#stream, "drain", { signal: this.#abort.signal });
  }

  /** Ends the call with a status. */
  end(status: GrpcStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTimer();
    if (this.#stream.destroyed || this.#stream.closed) return;
    this.#stream.once("wantTrailers", () => {
      this.#stream.sendTrailers(trailersFor(status, this.#trailers));
      stopSender(this.#stream);
    });
    this.#respond();
    this.#stream.end();
  }

  #respond(): void {
    if (this.#stream.headersSent) return;
    this.#stream.respond(
      { ":status": 200, "content-type": "application/grpc+proto", ...sendableMetadata(this.#headers) },
      { waitForTrailers: true },
    );
  }

  #giveUp(failure: MechaError): void {
    this.failure ??= failure;
    this.#abort.abort(failure);
    const isStalled = this.#stream.writableLength > 0;
    this.end(toGrpcStatus(failure));
    // What the other side does not read would be kept for it for ever; its status would come after that.
    if (isStalled && !this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
  }
}

/** Who calls; a connection that is gone by now has no address any more. */
function peerOf(stream: ServerHttp2Stream): string {
  const { session } = stream;
  return (session === undefined || session.destroyed ? undefined : session.socket.remoteAddress) ?? "unix";
}

/**
 * Tells a client that still sends (a refused stream, say) to stop; gRPC calls that "no error". Not before it has the trailers, which
 * HTTP/2 would drop: its answer to a ping shows that.
 */
function stopSender(stream: ServerHttp2Stream): void {
  if (stream.readableEnded) return;
  // Most have ended their side already; this reads the end.
  stream.resume();
  setImmediate(() => {
    const { session } = stream;
    if (stream.readableEnded || stream.closed || session === undefined || session.destroyed) return;
    const stop = (): void => {
      if (!stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
    };
    if (!session.ping(stop)) setImmediate(stop);
  });
}
