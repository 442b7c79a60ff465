import type { Metadata } from "../transport/transport.js";

/** A reply may come from another copy of this package than the host, so the brand is a registered symbol. */
const brand = Symbol.for("mecha.invocation-reply/1");

/** What a reply says besides its data. */
export interface InvocationReplyOptions {
  /** HTTP status. @defaultValue 200 */
  readonly status?: number;
  /** Headers for the caller. */
  readonly headers?: Metadata;
  /** Media type of the data. @defaultValue `application/json`; `application/octet-stream` for bytes */
  readonly contentType?: string;
}

/** A reply with status, headers or media type of its own. */
export class InvocationReply {
  constructor(
    /** Any JSON value, bytes, or an async iterable of bytes: streamed where the host can (HTTP), else sent once complete. */
    readonly data: unknown,
    readonly options: InvocationReplyOptions = {},
  ) {
    Object.defineProperty(this, brand, { value: true });
  }

  /** Says whether a value is a reply, of this copy of the package or another. */
  static is(value: unknown): value is InvocationReply {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}
