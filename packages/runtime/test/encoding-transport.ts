import type { MessageType, Transport } from "@mecha/sdk-core/protocol";

/**
 * A transport that treats every message as a wire would: requests and responses are encoded and decoded, and deep-frozen, so that a
 * runtime that shares or changes an object of its caller is found out.
 */
export function encodingTransport(inner: Transport): Transport {
  return {
    async unary(method, request, options) {
      return overTheWire(await inner.unary(method, overTheWire(request, method.request), options), method.response);
    },
    async *stream(method, requests, options) {
      for await (const response of inner.stream(method, encoded(requests, method.request), options)) {
        yield overTheWire(response, method.response);
      }
    },
    openRaw: (path, metadata) => inner.openRaw(path, metadata),
    close: () => inner.close(),
  };
}

async function* encoded<T>(messages: AsyncIterable<T>, type: MessageType<T>): AsyncGenerator<T, void, undefined> {
  for await (const message of messages) yield overTheWire(message, type);
}

function overTheWire<T>(message: T, type: MessageType<T>): T {
  return deepFreeze(type.decode(type.encode(message).finish()));
}

/** Freezes objects all the way down; bytes cannot be frozen. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
