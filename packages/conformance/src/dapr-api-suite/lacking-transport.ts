import { daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { DaprRpc } from "./endpoint.js";

/** A transport to a runtime that seems to be too old for some RPCs: they are refused before they are sent. */
export function lackingTransport(inner: Transport, rpcs: readonly DaprRpc[]): Transport {
  const paths = new Set<string>(rpcs.map((rpc) => daprMethods[rpc].path));
  const refuse = (path: string): void => {
    if (paths.has(path)) throw new MechaError("UNIMPLEMENTED", `unknown method ${path}`);
  };
  return {
    async unary(method, request, options) {
      refuse(method.path);
      return inner.unary(method, request, options);
    },
    async *stream(method, requests, options) {
      refuse(method.path);
      yield* inner.stream(method, requests, options);
    },
    openRaw: (path, metadata) => inner.openRaw(path, metadata),
    close: () => inner.close(),
  };
}
