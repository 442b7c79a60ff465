import { once } from "node:events";
import { daprMethods, type StreamMethod, type Transport, type UnaryMethod } from "@mecha/sdk-core/protocol";
import fc from "fast-check";
import { checkFailure } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { openFuzzRuntime } from "../fuzz-runtime.js";
import { rpcArbitraries } from "../message-arbitrary.js";
import { metadata } from "../nasty.js";

interface Call {
  readonly path: string;
  /** One message, or those of a stream. */
  readonly requests: readonly Uint8Array[];
  readonly metadata: Readonly<Record<string, string>>;
}

type Method = UnaryMethod<unknown, unknown> | StreamMethod<unknown, unknown>;

/** Each RPC of Dapr with any message, by the in-process door. */
export const inProcessDoor: FuzzTarget<Call> = {
  inputs: () =>
    fc.oneof(
      ...rpcArbitraries().map(({ path, isStream, request }) => ({
        // Streams wait for what is still to come.
        weight: isStream ? 1 : 6,
        arbitrary: fc.record({
          path: fc.constant(path),
          requests: fc.array(request, { minLength: 1, maxLength: isStream ? 3 : 1 }),
          metadata: fc.option(metadata, { nil: {}, freq: 2 }),
        }),
      })),
    ),
  async open({ folder }) {
    const runtime = await openFuzzRuntime(folder);
    // Each method's messages are its own; here they are all unknown.
    const methods = new Map(
      Object.values(daprMethods).map((method) => [method.path, method as unknown as Method] as const),
    );
    return {
      async run({ path, requests, metadata: headers }) {
        const method = methods.get(path);
        if (method === undefined) throw new Error(`there is no method ${path}`);
        const read = decoded(method, requests);
        if (read === undefined) return;
        try {
          await (method.kind === "unary"
            ? runtime.transport.unary(method, read[0], { metadata: headers, deadline: Date.now() + 20_000 })
            : exchange(runtime.transport, method, read));
        } catch (error) {
          checkFailure(error);
        }
      },
      close: () => runtime.close(),
    };
  },
};

/** The messages, as a caller has them; none if they are deeper than a message may be. */
function decoded({ request }: Method, requests: readonly Uint8Array[]): unknown[] | undefined {
  try {
    return requests.map((bytes) => request.decode(bytes));
  } catch {
    return undefined;
  }
}

/** Some streams never end: nobody listens to them for long. */
const listenMs = 5;

async function exchange(
  transport: Transport,
  method: StreamMethod<unknown, unknown>,
  requests: unknown[],
): Promise<void> {
  const end = new AbortController();
  async function* sent(): AsyncGenerator {
    try {
      yield* requests;
    } finally {
      // Also where only the first is wanted, and the answers go on.
      setTimeout(() => end.abort(), listenMs);
    }
    await once(end.signal, "abort");
  }
  try {
    for await (const _ of transport.stream(method, sent(), { signal: end.signal }));
  } finally {
    end.abort();
  }
}
