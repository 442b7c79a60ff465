import type { Socket } from "node:net";
import { ConnectionSettings } from "./connection-settings.js";
import { FrameReader, type FrameSink } from "./frame-reader.js";
import { FrameWriter } from "./frame-writer.js";
import {
  exactly,
  grownWindow,
  uint32Of,
  writeConnectionGrant,
  writeGoAway,
  writeHello,
  writePing,
} from "./control-frames.js";
import {
  defaultWindowBytes,
  frameFlag,
  frameType,
  http2Error,
  Http2ProtocolError,
  maxWindowBytes,
} from "./frame-types.js";
import { HeaderBlocks } from "./header-blocks.js";
import { Http2Stream, type StreamFailure, type StreamListener, type StreamOwner } from "./http2-stream.js";
import { KeepAlive } from "./keep-alive.js";
import { lastStreamId, StreamTable } from "./stream-table.js";

/** What a connection may be told. */
export interface Http2ConnectionOptions {
  /** How long the other side has to say that it speaks HTTP/2, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How often a silent connection with streams under way is asked whether it is alive, in milliseconds; `0` never. */
  readonly keepAliveMs: number;
  /** Hears once that the connection is of no use any more, and why. */
  readonly onClose: (reason: string, wasReady: boolean) => void;
}

/** How much one stream may be sent before it is read, in bytes. */
export const streamWindowBytes = 1024 * 1024;

/** The same for all streams together: what each may keep bounds memory, this only must not be in its way. */
const connectionWindowBytes = 16 * 1024 * 1024;

/** Largest headers of one message, by HPACK's count, in bytes. */
const maxHeaderListBytes = 256 * 1024;

/** A peer that asks for answers and reads none of them is left when so many bytes wait. */
const maxUnreadBytes = 4 * 1024 * 1024;

/**
 * The client's side of one HTTP/2 connection (RFC 9113), on a socket that may still be connecting. Streams wait until the other side
 * has sent its settings, so that what fails before that certainly was not sent.
 *
 * Its own and not node:http2's: a call costs a tenth of the CPU there (see the decision page).
 */
export class Http2Connection implements FrameSink, StreamOwner {
  readonly writer: FrameWriter;
  sendWindow = defaultWindowBytes;
  readonly #socket: Socket;
  readonly #options: Http2ConnectionOptions;
  readonly #reader = new FrameReader(this);
  readonly #headerBlocks = new HeaderBlocks(maxHeaderListBytes);
  readonly #settings = new ConnectionSettings();
  readonly #streams = new StreamTable();
  readonly #keepAlive: KeepAlive;
  readonly #connectTimer: NodeJS.Timeout;
  #isReady = false;
  #isDraining = false;
  #isClosed = false;
  #isReferenced = true;
  #received = 0;
  #reason = "the other side closed the connection";

  constructor(socket: Socket, options: Http2ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.writer = new FrameWriter(socket);
    this.#connectTimer = setTimeout(() => {
      this.destroy(`no answer within ${String(options.connectTimeoutMs / 1000)} s`);
    }, options.connectTimeoutMs).unref();
    this.#keepAlive = new KeepAlive(options.keepAliveMs, {
      isNeeded: () => this.#streams.openCount > 0,
      ping: () => {
        this.#ping(0, Buffer.alloc(8));
      },
      onSilence: () => {
        this.destroy("the other side does not answer any more");
      },
    });
    socket.setNoDelay(true);
    socket.on("data", this.#take);
    socket.on("drain", this.#resumeStalled);
    socket.on("error", (error) => {
      this.#reason = error.message === "" ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
    });
    socket.once("close", () => {
      this.#closed();
    });
    writeHello(this.writer, { streamWindowBytes, connectionWindowBytes, maxHeaderListBytes });
  }

  get maxFrameBytes(): number {
    return this.#settings.maxFrameBytes;
  }

  /** Whether new streams may be opened. */
  get isUsable(): boolean {
    return !this.#isClosed && !this.#isDraining;
  }

  /** Opens a stream; `head` is a block of HPACK in pieces. Only while {@link isUsable}. */
  open(head: readonly Buffer[], listener: StreamListener): Http2Stream {
    const stream = new Http2Stream(this, head, listener);
    if (this.#mayBegin()) this.#begin(stream);
    else this.#streams.wait(stream);
    this.#reference();
    return stream;
  }

  /** Ends the connection once what was written is sent; streams that are still open fail. */
  close(): void {
    if (this.#isClosed) return;
    writeGoAway(this.writer, http2Error.none);
    this.#reason = "the connection was closed";
    this.#socket.destroySoon();
    this.#closed();
  }

  /** Cuts the connection. */
  destroy(reason: string): void {
    if (this.#isClosed) return;
    this.#reason = reason;
    this.#socket.destroy();
    this.#closed();
  }

  waitForRoom(stream: Http2Stream): void {
    this.#streams.stall(stream);
  }

  forget(stream: Http2Stream): void {
    this.#streams.remove(stream);
    if (this.#streams.hasWaiting) this.#beginWaiting();
    else if (this.#streams.openCount === 0) {
      this.#unreference();
      this.#leaveIfDone();
    }
  }

  onFrame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (!this.#isReady) this.#greet(type);
    if (type !== frameType.continuation) this.#headerBlocks.refuseOpen();
    switch (type) {
      case frameType.data:
        this.#paddedData(flags, streamId, payload);
        break;
      case frameType.headers:
      case frameType.continuation:
        this.#headers(type, flags, streamId, payload);
        break;
      case frameType.resetStream:
        this.#reset(streamId, uint32Of(payload, 4));
        break;
      case frameType.settings:
        this.#applySettings(flags, payload);
        break;
      case frameType.ping:
        if ((flags & frameFlag.ack) === 0) this.#ping(frameFlag.ack, exactly(payload, 8));
        break;
      case frameType.goAway:
        this.#otherSideLeaves(payload);
        break;
      case frameType.windowUpdate:
        this.#grow(streamId, uint32Of(payload, 4) & maxWindowBytes);
        break;
      case frameType.pushPromise:
        throw new Http2ProtocolError(http2Error.protocol, "A push was promised that nobody allowed");
      default:
      // Types that are not known are there to be ignored.
    }
  }

  onData(streamId: number, bytes: Buffer, isEnd: boolean): void {
    if (!this.#isReady) this.#greet(frameType.data);
    this.#headerBlocks.refuseOpen();
    this.#creditConnection(bytes.length);
    const stream = this.#streams.find(streamId);
    if (stream === undefined) return;
    stream.uncredited += bytes.length;
    if (stream.uncredited > streamWindowBytes) {
      throw new Http2ProtocolError(http2Error.flowControl, "More was sent than had been granted");
    }
    if (isEnd) this.#finish(stream);
    stream.listener.onData(bytes, isEnd);
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#isClosed) return;
    this.#keepAlive.heard();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof Http2ProtocolError)) throw error;
      writeGoAway(this.writer, error.code);
      this.destroy(this.#isReady ? `the other side broke the rules of HTTP/2: ${error.message}` : noHttp2(chunk));
    }
  };

  #greet(firstType: number): void {
    if (firstType !== frameType.settings) throw new Http2ProtocolError(http2Error.protocol, "No settings came first");
    this.#isReady = true;
    clearTimeout(this.#connectTimer);
  }

  #mayBegin(): boolean {
    return this.#isReady && this.isUsable && this.#streams.openCount < this.#settings.maxStreams;
  }

  #begin(stream: Http2Stream): void {
    this.#streams.open(stream);
    if (!this.#streams.hasNumbers) this.#isDraining = true;
    stream.sendWindow = this.#settings.initialWindowBytes;
    this.#headerBlocks.write(this.writer, stream, this.maxFrameBytes);
    stream.resume();
  }

  #beginWaiting(): void {
    for (const stream of this.#streams.takeWaiting(() => this.#mayBegin())) this.#begin(stream);
  }

  #headers(type: number, flags: number, streamId: number, payload: Buffer): void {
    const block = this.#headerBlocks.add(type, flags, streamId, payload);
    if (block === undefined) return;
    const stream = this.#streams.find(block.streamId);
    if (stream === undefined) return;
    if (block.isEnd) this.#finish(stream);
    stream.listener.onHeaders(block.fields, block.isEnd);
  }

  #paddedData(flags: number, streamId: number, payload: Buffer): void {
    const padding = payload[0] ?? 0;
    if (padding >= payload.length)
      throw new Http2ProtocolError(http2Error.protocol, "Padding is longer than its frame");
    // Padding counts for flow control, and is no data.
    this.#creditConnection(padding + 1);
    const stream = this.#streams.find(streamId);
    if (stream !== undefined) stream.uncredited += padding + 1;
    this.onData(streamId, payload.subarray(1, payload.length - padding), (flags & frameFlag.endStream) !== 0);
  }

  #reset(streamId: number, code: number): void {
    const stream = this.#streams.find(streamId);
    if (stream === undefined) return;
    this.#fail(stream, { kind: "reset", code });
  }

  #applySettings(flags: number, payload: Buffer): void {
    if ((flags & frameFlag.ack) !== 0) return;
    const grown = this.#settings.apply(payload);
    this.writer.frame(frameType.settings, frameFlag.ack, 0, 0);
    this.#refuseUnread();
    if (grown !== 0) this.#streams.grow(grown);
    // These begin with the new window.
    this.#beginWaiting();
  }

  #grow(streamId: number, bytes: number): void {
    if (bytes === 0) throw new Http2ProtocolError(http2Error.protocol, "A window was to grow by nothing");
    if (streamId !== 0) {
      const stream = this.#streams.find(streamId);
      if (stream === undefined) return;
      stream.sendWindow = grownWindow(stream.sendWindow, bytes);
      stream.resume();
      return;
    }
    this.sendWindow = grownWindow(this.sendWindow, bytes);
    this.#resumeStalled();
  }

  readonly #resumeStalled = (): void => {
    this.#streams.resumeStalled();
  };

  #ping(flags: number, payload: Buffer): void {
    writePing(this.writer, flags, payload);
    this.#refuseUnread();
  }

  #refuseUnread(): void {
    if (this.#socket.writableLength > maxUnreadBytes) this.destroy("the other side does not read what it is sent");
  }

  /** The other side takes no more streams, and does nothing of those after the last that it names. */
  #otherSideLeaves(payload: Buffer): void {
    const lastDone = uint32Of(payload, 8) & lastStreamId;
    this.#isDraining = true;
    this.#reason = "the other side is closing the connection";
    const failure: StreamFailure = { kind: "lost", reason: this.#reason, isUnsent: true };
    for (const stream of this.#streams.waiting()) this.#fail(stream, failure);
    for (const stream of this.#streams.opened(lastDone)) this.#fail(stream, failure);
    this.#leaveIfDone();
  }

  /** The answer is complete; what is left of the request is of no use any more. */
  #finish(stream: Http2Stream): void {
    if (stream.hasSentEnd) {
      stream.over();
      this.forget(stream);
    } else stream.cancel();
  }

  #fail(stream: Http2Stream, failure: StreamFailure): void {
    stream.over();
    this.forget(stream);
    stream.listener.onFailure(failure);
  }

  #leaveIfDone(): void {
    if (this.#isDraining && this.#streams.openCount === 0 && !this.#streams.hasWaiting) this.close();
  }

  #creditConnection(bytes: number): void {
    this.#received += bytes;
    if (this.#received < connectionWindowBytes / 2) return;
    writeConnectionGrant(this.writer, this.#received);
    this.#received = 0;
  }

  /** A connection holds the process only while somebody waits for an answer. */
  #reference(): void {
    if (this.#isReferenced) return;
    this.#isReferenced = true;
    this.#socket.ref();
  }

  #unreference(): void {
    this.#isReferenced = false;
    this.#socket.unref();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    this.#keepAlive.stop();
    this.#unreference();
    const reason = this.#reason;
    // Whoever asks for a connection in answer to a failure must get another one.
    this.#options.onClose(reason, this.#isReady);
    for (const stream of this.#streams.waiting()) this.#fail(stream, { kind: "lost", reason, isUnsent: true });
    for (const stream of this.#streams.opened()) this.#fail(stream, { kind: "lost", reason, isUnsent: false });
  }
}

function noHttp2(chunk: Buffer): string {
  const isHttp1 = chunk.toString("latin1", 0, 5) === "HTTP/";
  return `what answers there speaks ${isHttp1 ? "HTTP/1" : "no HTTP/2"}; is this the port for gRPC?`;
}
