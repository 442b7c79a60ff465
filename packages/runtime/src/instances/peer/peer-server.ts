import { once } from "node:events";
import { chmodSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { CallContext, common, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { encodePeerFrame, isWithinLimit, PeerFrameKind, peerProtocolVersion, type PeerFrame } from "./peer-frame.js";
import { helloHeader, toFailure, type AnswerMetadata } from "./peer-headers.js";
import { bodyOf, readCallHeader, toInvokeRequest, toReplyHeader, type CallHeader } from "./peer-message.js";
import { framesOver, type PeerSocket } from "./peer-socket.js";

/** What a process of this machine offers to others. */
export interface PeerServerOptions {
  /** Path of the Unix socket; only its user may open it. */
  readonly path: string;
  readonly invoke: UnaryHandler<common.InvokeRequest, common.InvokeResponse>;
  /** Largest request and response, in bytes. */
  readonly maxMessageBytes: number;
}

/** Takes calls of other processes. */
export interface PeerServer {
  /** Takes no new calls and waits for those under way, at most 5 s. */
  close(): Promise<void>;
}

/** Calls of one connection that are handled at once; the rest waits in the socket. */
const maxCallsPerConnection = 1024;

const closeGraceMs = 5_000;

/** Starts to take calls. The server does not keep the process alive. */
export async function servePeers(options: PeerServerOptions): Promise<PeerServer> {
  const connections = new Set<PeerConnection>();
  const server = createServer((socket) => {
    socket.unref();
    const connection = new PeerConnection(socket, options);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  // In a node:cluster worker the primary would own the socket, and outlive the worker: exclusive prevents that.
  server.listen({ path: options.path, exclusive: true });
  await once(server, "listening").catch((cause: unknown) => {
    throw new MechaError(
      "UNAVAILABLE",
      `Other processes cannot call this app: its socket ${options.path} cannot be opened. Set MECHA_RUNTIME_DIR to a folder with a short path that this user may write to.`,
      { cause, operation: "app.attach" },
    );
  });
  chmodSync(options.path, 0o600);
  server.unref();
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => {
        for (const { socket } of connections) socket.destroy();
      }, closeGraceMs);
      for (const connection of connections) connection.goAway();
      await closed;
      clearTimeout(cut);
    },
  };
}

/** A caller's connection. */
class PeerConnection {
  readonly socket: Socket;
  readonly #peer: PeerSocket;
  readonly #options: PeerServerOptions;
  readonly #calls = new Map<number, PeerCall>();
  #greeted = false;

  constructor(socket: Socket, options: PeerServerOptions) {
    this.socket = socket;
    this.#options = options;
    this.#peer = framesOver(socket, options.maxMessageBytes, (frame) => this.#take(frame));
    socket.once("close", () => {
      for (const call of this.#calls.values()) call.abort();
    });
  }

  /** Asks the caller to use this connection no more; it ends it when its last answer is there. */
  goAway(): void {
    this.#peer.send(encodePeerFrame({ kind: PeerFrameKind.goAway, call: 0, header: undefined }));
  }

  #take({ kind, call, header, body }: PeerFrame): void {
    if (!this.#greeted) {
      this.#greet(kind, header);
      return;
    }
    if (kind === PeerFrameKind.cancel) this.#calls.get(call)?.abort();
    // A call that cannot be read ends the connection, in framesOver: the two sides do not understand each other.
    if (kind === PeerFrameKind.call) void this.#answer(call, readCallHeader(header), body);
  }

  #greet(kind: PeerFrameKind, header: unknown): void {
    const isOurs = kind === PeerFrameKind.hello && helloHeader.parse(header).protocol === peerProtocolVersion;
    if (!isOurs)
      throw new MechaError(
        "FAILED_PRECONDITION",
        "The other process speaks another version of the protocol between instances",
      );
    this.#greeted = true;
  }

  async #answer(number: number, header: CallHeader, body: Uint8Array): Promise<void> {
    const call = new PeerCall(header);
    this.#calls.set(number, call);
    if (this.#calls.size >= maxCallsPerConnection) this.socket.pause();
    try {
      const response = await this.#options.invoke(toInvokeRequest(header, body), call);
      this.#peer.send(this.#reply(number, response, call.answer));
    } catch (thrown) {
      const failure = toFailure(thrown, call.answer ?? {});
      this.#peer.send(encodePeerFrame({ kind: PeerFrameKind.failure, call: number, header: failure }));
    } finally {
      this.#calls.delete(number);
      if (this.socket.isPaused()) this.socket.resume();
    }
  }

  #reply(call: number, response: common.InvokeResponse, answer: AnswerMetadata | undefined): Buffer {
    const { maxMessageBytes } = this.#options;
    const body = bodyOf(response);
    const frame = encodePeerFrame({ kind: PeerFrameKind.reply, call, header: toReplyHeader(response, answer), body });
    if (body.length > maxMessageBytes || !isWithinLimit(frame, maxMessageBytes))
      throw tooLarge(body.length, maxMessageBytes);
    return frame;
  }
}

/** What the app's handler knows of a call; a signal is made only for handlers that look at it. */
class PeerCall implements CallContext {
  readonly metadata: Readonly<Record<string, string>>;
  readonly deadline?: number;
  readonly peer = "unix";
  /** Headers and trailers that the handler set; `undefined` if it set none. */
  answer: AnswerMetadata | undefined;
  #controller: AbortController | undefined;
  #aborted = false;

  constructor({ metadata, timeoutMs }: CallHeader) {
    this.metadata = metadata;
    if (timeoutMs !== undefined) this.deadline = Date.now() + timeoutMs;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort(cancelled());
    return this.#controller.signal;
  }

  get isCancelled(): boolean {
    return this.#aborted;
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(cancelled());
  }

  setHeader(name: string, value: string): void {
    this.answer = { ...this.answer, headers: { ...this.answer?.headers, [name]: value } };
  }

  setTrailer(name: string, value: string): void {
    this.answer = { ...this.answer, trailers: { ...this.answer?.trailers, [name]: value } };
  }
}

function cancelled(): MechaError {
  return new MechaError("CANCELLED", "The caller ended the call");
}

function tooLarge(size: number, limit: number): MechaError {
  return new MechaError(
    "RESOURCE_EXHAUSTED",
    `The app's answer has ${String(size)} bytes; at most ${String(limit)} are carried`,
  );
}
