import type { Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { firstReply } from "../../src/dapr-api-suite/refusal-tests.js";
import type { DaprRpc } from "../../src/index.js";

/** Notes which methods a runtime knows, by what became of their calls. */
export class KnownMethods {
  readonly #known = new Map<string, boolean>();

  /** Whether the runtime knows a method; undefined if it was not called. */
  isKnown(path: string): boolean | undefined {
    return this.#known.get(path);
  }

  /** A transport whose calls are noted; not those with streams. */
  observe(inner: Transport): Transport {
    return {
      unary: async (method, request, options) => {
        try {
          const reply = await inner.unary(method, request, options);
          this.#known.set(method.path, true);
          return reply;
        } catch (error) {
          if (isUnknownMethod(error)) this.#known.set(method.path, false);
          throw error;
        }
      },
      stream: (method, requests, options) => inner.stream(method, requests, options),
      openRaw: (path, metadata) => inner.openRaw(path, metadata),
      close: () => inner.close(),
    };
  }
}

/** Calls RPCs with an empty request; gives those that the runtime knows. */
export async function knownAmong(transport: Transport, names: readonly DaprRpc[]): Promise<DaprRpc[]> {
  const known: DaprRpc[] = [];
  for (const name of names) {
    const outcome = await firstReply(transport, name).catch((thrown: unknown) => thrown);
    if (!isUnknownMethod(outcome)) known.push(name);
  }
  return known;
}

/** daprd takes a method that it does not know for one of another app, which the call does not name. */
function isUnknownMethod(error: unknown): boolean {
  return MechaError.is(error) && (error.grpcStatus === 12 || error.message.startsWith("failed to proxy request"));
}
