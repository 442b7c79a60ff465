import { MechaError } from "@mecha/spec";
import { markUnsent } from "../call/unsent.js";
import { encodeHeaders } from "../http2/hpack/encode-headers.js";
import { Http2Connection } from "../http2/http2-connection.js";
import type { Http2Stream, StreamListener } from "../http2/http2-stream.js";
import type { Metadata } from "../transport/transport.js";
import { encodeMetadata, headerValue } from "./call-metadata.js";
import { parseGrpcEndpoint, socketAddressOf, type SocketAddress } from "./endpoint.js";
import type { GrpcTransportOptions } from "./grpc-transport.js";
import { openSocket } from "./open-socket.js";
import { tlsSettings, type TlsSettings } from "./tls-settings.js";

/** How long a sidecar may take to answer the first time, in milliseconds. */
const connectTimeoutMs = 20_000;

/** How long after a failed attempt the next is made, in milliseconds: at first, and at most. The sidecar is near and comes back in seconds. */
const firstPauseMs = 20;
const longestPauseMs = 1000;

const defaultKeepAliveMs = 30_000;

/**
 * The connection to a sidecar: made with the first call, and made anew when it is lost. Calls wait while it is being made; after an
 * attempt that failed they fail at once for a moment, which gets longer with each.
 */
export class Channel {
  readonly #address: SocketAddress;
  readonly #tls: TlsSettings | undefined;
  readonly #keepAliveMs: number;
  readonly #token: string;
  /** The headers that all calls of a method have, by path. */
  readonly #heads = new Map<string, Buffer>();
  readonly #target: string;
  #connection: Http2Connection | undefined;
  #lastReason = "";
  #pauseMs = 0;
  #nextAttemptAt = 0;
  #isClosed = false;

  /**
   * @throws MechaError `CONFIGURATION_INVALID` for an endpoint or certificates that cannot be used.
   */
  constructor(options: GrpcTransportOptions) {
    const { address, tls, apiToken, keepAliveMs = defaultKeepAliveMs, environment = process.env } = options;
    const { target, secure } = parseGrpcEndpoint(address);
    this.#target = target;
    this.#address = socketAddressOf(target);
    this.#tls = tlsSettings(secure, tls, environment);
    this.#keepAliveMs = keepAliveMs;
    this.#token = apiToken ?? environment["DAPR_API_TOKEN"] ?? "";
  }

  /**
   * Opens the stream of a call.
   *
   * @throws MechaError `UNAVAILABLE` right after an attempt to connect that failed, `FAILED_PRECONDITION` after `close()`,
   * `INVALID_ARGUMENT` for an API token or metadata that cannot be sent.
   */
  open(path: string, metadata: Metadata | undefined, listener: StreamListener): Http2Stream {
    const own = metadata === undefined ? undefined : encodeMetadata(metadata);
    const head = this.#head(path);
    return this.#connect().open(own === undefined ? [head] : [head, own], listener);
  }

  /** A connection that takes calls. */
  #connect(): Http2Connection {
    if (this.#isClosed) {
      throw new MechaError("FAILED_PRECONDITION", "The connection to the sidecar is closed; connect() again");
    }
    const current = this.#connection;
    if (current?.isUsable === true) return current;
    if (Date.now() < this.#nextAttemptAt) throw this.#unreachable(this.#lastReason);
    const made: Http2Connection = new Http2Connection(openSocket(this.#address, this.#tls), {
      connectTimeoutMs,
      keepAliveMs: this.#keepAliveMs,
      onClose: (reason, wasReady) => {
        this.#lost(made, reason, wasReady);
      },
    });
    this.#connection = made;
    return made;
  }

  /** The headers that all calls of a method have, as HPACK. */
  #head(path: string): Buffer {
    let head = this.#heads.get(path);
    if (head === undefined) {
      const fields = encodeHeaders([
        [":method", "POST"],
        [":scheme", this.#tls === undefined ? "http" : "https"],
        [":path", path],
        [":authority", authorityOf(this.#address, this.#tls)],
        ["te", "trailers"],
        ["content-type", "application/grpc"],
        ["user-agent", "grpc-node-mecha"],
      ]);
      const token = headerValue("The API token", this.#token);
      head = token === "" ? fields : Buffer.concat([fields, encodeHeaders([["dapr-api-token", token]], true)]);
      this.#heads.set(path, head);
    }
    return head;
  }

  /** The error of a call whose connection could not be made or was lost. */
  lostError(reason: string, isUnsent: boolean): MechaError {
    if (isUnsent) return this.#unreachable(reason);
    return new MechaError(
      "UNAVAILABLE",
      `The connection to ${this.#target} was lost during the call: ${reason}. It may have been carried out.`,
    );
  }

  /** Ends the connection, and makes no other. */
  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  #lost(connection: Http2Connection, reason: string, wasReady: boolean): void {
    if (this.#connection === connection) this.#connection = undefined;
    this.#lastReason = reason;
    this.#pauseMs = wasReady ? 0 : Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
    this.#nextAttemptAt = Date.now() + this.#pauseMs;
  }

  #unreachable(reason: string): MechaError {
    return markUnsent(new MechaError("UNAVAILABLE", `There is no connection to ${this.#target}: ${reason}`));
  }
}

/** What the server is called in requests. */
function authorityOf(address: SocketAddress, tls: TlsSettings | undefined): string {
  if (tls?.serverName !== undefined) return tls.serverName;
  if ("path" in address) return "localhost";
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${host}:${String(address.port)}`;
}
