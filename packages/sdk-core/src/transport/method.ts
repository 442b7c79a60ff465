/** How the generated code reads and writes one message type. */
export interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  fromPartial(partial: never): T;
}

/** A method with one request and one response. */
export interface UnaryMethod<I, O> {
  readonly kind: "unary";
  /** Path on the wire, for example `/dapr.proto.runtime.v1.Dapr/GetState`. */
  readonly path: string;
  readonly request: MessageType<I>;
  readonly response: MessageType<O>;
}

/** A method where either side, or both, sends a stream. */
export interface StreamMethod<I, O> {
  readonly kind: "stream";
  /** Path on the wire. */
  readonly path: string;
  readonly request: MessageType<I>;
  readonly response: MessageType<O>;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}
