import { once } from "node:events";
import { connect } from "node:net";
import type { CallContext, common } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { onCallEnd, refuseEnded } from "../../doors/cancellation.js";
import { encodePeerFrame, isWithinLimit, PeerFrameKind, peerProtocolVersion, type PeerFrame } from "./peer-frame.js";
import { fromFailure, readFailureHeader, type AnswerMetadata, type FailureHeader } from "./peer-headers.js";
import { bodyOf, readReplyHeader, toCallHeader, toInvokeResponse, type ReplyHeader } from "./peer-message.js";
import { framesOver, type PeerSocket } from "./peer-socket.js";

/** A connection to another process of this machine. It holds this process only while a call is under way. */
export interface PeerClient {
  /** Whether calls may still be made: the other side has not ended the connection, nor asked to use it no more. */
  readonly usable: boolean;
  /**
   * Invokes a method of the app there.
   *
   * @throws MechaError what the app answers with; {@link InterruptedCall} if the connection broke before an answer
   */
  invoke(request: common.InvokeRequest, context: CallContext): Promise<common.InvokeResponse>;
  /** Ends the connection; calls under way are interrupted. Idempotent. */
  close(): void;
}

/** A call whose connection broke: it may or may not have been done. */
export class InterruptedCall extends Error {}

/** Nobody takes connections at that socket, so no call can have been done. */
export class UnreachablePeer extends Error {}

interface PendingCall {
  readonly resolve: (response: common.InvokeResponse) => void;
  readonly reject: (error: unknown) => void;
  readonly context: CallContext;
  /** Stops listening for the caller's end of the call. */
  forget?: () => void;
}

/**
 * Connects to a process.
 *
 * @throws UnreachablePeer if nobody listens
 */
export async function connectToPeer(path: string, maxMessageBytes: number): Promise<PeerClient> {
  const socket = connect({ path });
  try {
    await once(socket, "connect");
  } catch (cause) {
    throw new UnreachablePeer(`Nobody listens at ${path}`, { cause });
  }
  const client = new ConnectedPeer(maxMessageBytes, (take) => framesOver(socket, maxMessageBytes, take));
  return client;
}

class ConnectedPeer implements PeerClient {
  readonly #maxMessageBytes: number;
  readonly #peer: PeerSocket;
  readonly #pending = new Map<number, PendingCall>();
  #lastCall = 0;
  #leaving = false;

  constructor(maxMessageBytes: number, open: (take: (frame: PeerFrame) => void) => PeerSocket) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#peer = open((frame) => this.#take(frame));
    this.#peer.send(encodePeerFrame({ kind: PeerFrameKind.hello, call: 0, header: { protocol: peerProtocolVersion } }));
    this.#peer.socket.unref();
    this.#peer.socket.once("close", () => this.#interruptAll());
  }

  get usable(): boolean {
    return !this.#leaving && !this.#peer.socket.destroyed;
  }

  invoke(request: common.InvokeRequest, context: CallContext): Promise<common.InvokeResponse> {
    return new Promise((resolve, reject) => {
      refuseEnded(context);
      const call = this.#nextNumber();
      const frame = this.#encode(call, request, context);
      const pending: PendingCall = { resolve, reject, context };
      this.#pending.set(call, pending);
      if (this.#pending.size === 1) this.#peer.socket.ref();
      this.#peer.send(frame);
      pending.forget = onCallEnd(context, (reason) => this.#cancel(call, reason));
    });
  }

  #encode(call: number, request: common.InvokeRequest, { metadata, deadline }: CallContext): Buffer {
    const body = bodyOf(request);
    const header = toCallHeader(request, metadata, deadline);
    const frame = encodePeerFrame({ kind: PeerFrameKind.call, call, header, body });
    if (body.length <= this.#maxMessageBytes && isWithinLimit(frame, this.#maxMessageBytes)) return frame;
    throw new MechaError(
      "RESOURCE_EXHAUSTED",
      `The request has ${String(body.length)} bytes; at most ${String(this.#maxMessageBytes)} are carried`,
    );
  }

  close(): void {
    this.#leaving = true;
    this.#peer.socket.destroy();
  }

  #take({ kind, call, header, body }: PeerFrame): void {
    if (kind === PeerFrameKind.goAway) {
      this.#leaving = true;
      this.#endIfIdle();
      return;
    }
    const pending = this.#settle(call);
    // An answer to a call that was cancelled meanwhile.
    if (pending === undefined) return;
    try {
      this.#answer(pending, kind === PeerFrameKind.reply ? readReplyHeader(header) : readFailureHeader(header), body);
    } catch (error) {
      // Nobody else knows of the call any more; the connection ends in framesOver.
      pending.reject(error);
      throw error;
    }
  }

  #answer({ resolve, reject, context }: PendingCall, answer: ReplyHeader | FailureHeader, body: Uint8Array): void {
    deliver(answer, context);
    if ("code" in answer) reject(fromFailure(answer));
    else resolve(toInvokeResponse(answer, body));
  }

  #cancel(call: number, reason: unknown): void {
    const pending = this.#settle(call);
    if (pending === undefined) return;
    this.#peer.send(encodePeerFrame({ kind: PeerFrameKind.cancel, call, header: undefined }));
    pending.reject(reason);
  }

  #settle(call: number): PendingCall | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    pending?.forget?.();
    if (this.#pending.size === 0) this.#peer.socket.unref();
    this.#endIfIdle();
    return pending;
  }

  #endIfIdle(): void {
    if (this.#leaving && this.#pending.size === 0) this.#peer.end();
  }

  #interruptAll(): void {
    for (const { reject, forget } of this.#pending.values()) {
      forget?.();
      reject(new InterruptedCall("The connection to the other process broke"));
    }
    this.#pending.clear();
  }

  /** Numbers wrap around; one that is still in use is left out. */
  #nextNumber(): number {
    do this.#lastCall = (this.#lastCall % 0xffff_ffff) + 1;
    while (this.#pending.has(this.#lastCall));
    return this.#lastCall;
  }
}

function deliver(
  {
    headers,
    trailers,
  }: { headers?: AnswerMetadata["headers"] | undefined; trailers?: AnswerMetadata["trailers"] | undefined },
  context: CallContext,
): void {
  if (headers !== undefined) for (const [name, value] of Object.entries(headers)) context.setHeader(name, value);
  if (trailers !== undefined) for (const [name, value] of Object.entries(trailers)) context.setTrailer(name, value);
}
