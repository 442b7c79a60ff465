import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { UnaryMethod } from "@mecha/sdk-core/protocol";

/** Sends one message to a sidecar and gives the one that comes back. */
export type RawCall = <I, O>(method: UnaryMethod<I, O>, message: I) => Promise<O>;

/** Opens a stub that was generated for grpc-js, for a sidecar on this machine. */
export function openRawStub(grpcPort: number): RawCall {
  const client = new Client(`127.0.0.1:${String(grpcPort)}`, credentials.createInsecure());
  return <I, O>({ path, request, response }: UnaryMethod<I, O>, message: I): Promise<O> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest<I, O>(
        path,
        (value) => Buffer.from(request.encode(value).finish()),
        (bytes) => response.decode(bytes),
        message,
        new Metadata(),
        (error, reply) =>
          error === null && reply !== undefined ? resolve(reply) : reject(error ?? new Error("empty")),
      );
    });
}
