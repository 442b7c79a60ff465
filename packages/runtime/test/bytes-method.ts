import type { MessageType, UnaryMethod } from "@mecha/sdk-core/protocol";

/** Bytes as they are: what passes a proxy is not parsed. */
export const bytes: MessageType<unknown> = {
  encode: (message) => ({ finish: () => message as Uint8Array }),
  decode: (message) => Buffer.from(message),
  fromPartial: () => Buffer.alloc(0),
};

/** A method of an app's own service. */
export function bytesMethod(path: string): UnaryMethod<unknown, unknown> {
  return { kind: "unary", path, request: bytes, response: bytes };
}
