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

interface MethodDefinition {
  readonly name: string;
  readonly requestType: MessageType<unknown>;
  readonly requestStream: boolean;
  readonly responseType: MessageType<unknown>;
  readonly responseStream: boolean;
}

interface ServiceDefinition {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, unknown>>;
}

type MethodOf<D> = D extends {
  readonly requestType: { decode(bytes: Uint8Array): infer I };
  readonly responseType: { decode(bytes: Uint8Array): infer O };
}
  ? D extends { readonly requestStream: false; readonly responseStream: false }
    ? UnaryMethod<I, O>
    : StreamMethod<I, O>
  : never;

/** The methods of a generated service definition, by their names in camel case. */
export type MethodsOf<S extends ServiceDefinition> = { readonly [K in keyof S["methods"]]: MethodOf<S["methods"][K]> };

/** Turns a generated service definition into method descriptors that transports and doors take. */
export function methodsOf<const S extends ServiceDefinition>(service: S): MethodsOf<S> {
  const methods: Record<string, unknown> = {};
  // The generated table is typed per method; seen as a list, its entries all have this shape.
  for (const [key, definition] of Object.entries(service.methods as Record<string, MethodDefinition>)) {
    const { name, requestType, responseType, requestStream, responseStream } = definition;
    const shared = { path: `/${service.fullName}/${name}`, request: requestType, response: responseType };
    methods[key] =
      requestStream || responseStream
        ? { kind: "stream", ...shared, requestStream, responseStream }
        : { kind: "unary", ...shared };
  }
  return methods as MethodsOf<S>;
}
