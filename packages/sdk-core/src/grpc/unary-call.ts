import { MechaError } from "@mecha/spec";
import type { HeaderField } from "../http2/hpack/header-decoder.js";
import type { Http2Stream, StreamFailure, StreamListener } from "../http2/http2-stream.js";
import { streamWindowBytes } from "../http2/http2-connection.js";
import type { UnaryMethod } from "../transport/method.js";
import type { CallEnding, Cancellable } from "./call-ending.js";
import { metadataOf } from "./call-metadata.js";
import { isGrpcAnswer, isInformational, statusOf, statusOfHttp } from "./call-status.js";
import type { Channel } from "./channel.js";
import { MessageReader } from "./message-reader.js";
import { decodeMessage, encodeMessage } from "./messages.js";
import { failureOf } from "./stream-failure.js";
import { fromGrpcStatus } from "./status.js";

/** What is sent, by which connection, and within which bounds. */
export interface UnaryCallOptions<I, O> {
  readonly channel: Channel;
  readonly method: UnaryMethod<I, O>;
  readonly ending: CallEnding;
  readonly maximumBytes: number;
}

/** One request that waits for its one reply. */
export class UnaryCall<I, O> implements StreamListener, Cancellable {
  readonly #options: UnaryCallOptions<I, O>;
  readonly #resolve: (reply: O) => void;
  readonly #reject: (error: unknown) => void;
  #stream: Http2Stream | undefined;
  #reader: MessageReader | undefined;
  #hasHeaders = false;
  #reply: O | undefined;

  constructor(options: UnaryCallOptions<I, O>, resolve: (reply: O) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /**
   * Sends the request.
   *
   * @throws MechaError if it cannot be sent; nothing is left of the call then.
   */
  send(request: I): void {
    const { channel, method, ending, maximumBytes } = this.#options;
    ending.start(this);
    try {
      // Nothing is sent for a caller that has given up already.
      if (ending.reason !== undefined) throw ending.reason;
      const frame = encodeMessage(method.request, request, maximumBytes);
      const stream = channel.open(method.path, ending.call.metadata, this);
      this.#stream = stream;
      stream.send(frame, true);
    } catch (error) {
      ending.stop();
      throw error;
    }
  }

  cancel(): void {
    // Before there is a stream, send() looks for the reason by itself.
    if (this.#stream !== undefined) this.#fail(this.#options.ending.reason);
  }

  onHeaders(fields: readonly HeaderField[], isEnd: boolean): void {
    try {
      if (isEnd) this.#end(fields);
      else if (!this.#hasHeaders && !isInformational(fields)) this.#begin(fields);
    } catch (error) {
      this.#fail(error);
    }
  }

  onData(bytes: Buffer, isEnd: boolean): void {
    try {
      this.#reader ??= new MessageReader(this.#options.maximumBytes, this.#take);
      this.#reader.push(bytes);
      if (isEnd) this.#end([]);
      else if (this.#stream !== undefined && this.#stream.uncredited > streamWindowBytes / 2) this.#stream.credit();
    } catch (error) {
      this.#fail(error);
    }
  }

  onDrain(): void {
    // The only message was given as a whole; nothing follows it.
  }

  onFailure(failure: StreamFailure): void {
    this.#fail(failureOf(failure, this.#options.channel));
  }

  readonly #take = (message: Buffer): void => {
    if (this.#reply !== undefined) throw new MechaError("INTERNAL", "The call was answered by more than one message");
    this.#reply = decodeMessage(this.#options.method.response, message);
  };

  #begin(fields: readonly HeaderField[]): void {
    if (!isGrpcAnswer(fields)) throw fromGrpcStatus(statusOfHttp(fields));
    this.#hasHeaders = true;
    this.#options.ending.call.onHeader?.(metadataOf(fields));
  }

  #end(fields: readonly HeaderField[]): void {
    const status = statusOf(fields);
    this.#options.ending.call.onTrailer?.(metadataOf(fields));
    if (status.code !== 0) throw fromGrpcStatus(status);
    this.#reader?.end();
    if (this.#reply === undefined) throw new MechaError("INTERNAL", "The call was answered without a message");
    this.#options.ending.stop();
    this.#resolve(this.#reply);
  }

  #fail(error: unknown): void {
    this.#options.ending.stop();
    this.#stream?.cancel();
    this.#reject(MechaError.from(error, "The reply could not be read"));
  }
}
