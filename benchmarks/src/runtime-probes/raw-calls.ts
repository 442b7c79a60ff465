import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { common, daprMethods, type UnaryMethod } from "@mecha/sdk-core/protocol";
import type { CallSideTarget, StateCalls } from "./call-sides.js";

/** Messages to a sidecar and back by a stub that was generated for grpc-js; what is in them is left as it is. */
export function openRawStub({ grpcPort, store }: Pick<CallSideTarget, "grpcPort" | "store">): StateCalls {
  const client = new Client(`127.0.0.1:${String(grpcPort)}`, credentials.createInsecure());
  const call = <I, O>({ path, request, response }: UnaryMethod<I, O>, message: I): Promise<O> =>
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
  const consistency = common.StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;
  return {
    get: (key) => call(daprMethods.getState, { storeName: store, key, consistency, metadata: {} }),
    save: (key, value) =>
      call(daprMethods.saveState, {
        storeName: store,
        states: [{ key, value, metadata: {} }],
      }),
  };
}
