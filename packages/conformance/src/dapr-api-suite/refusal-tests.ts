import { daprMethods, type StreamMethod, type Transport, type UnaryMethod } from "@mecha/sdk-core/protocol";
import type { DaprRpc } from "./endpoint.js";
import { failureOf, only, type DaprApiFixture } from "./fixture.js";

/** RPCs that a runtime does not have: it says so by name. */
export function refusalTests(
  { test: { describe, it, expect }, endpoint }: DaprApiFixture,
  rpcs: readonly DaprRpc[],
): void {
  if (rpcs.length === 0) return;
  describe("what it does not have", () => {
    for (const rpc of rpcs) {
      it(`refuses ${rpc} with UNIMPLEMENTED and says why`, async () => {
        const failure = await failureOf(firstReply(endpoint().transport, rpc));
        expect(failure.grpcStatus).toBe(12);
        expect(failure.message).not.toBe("");
      });
    }
  });
}

/** Calls an RPC with an empty request; resolves with the first reply. */
export async function firstReply(transport: Transport, rpc: DaprRpc): Promise<unknown> {
  // All methods differ in their messages only, of which an empty one fits each.
  const method = daprMethods[rpc] as UnaryMethod<unknown, unknown> | StreamMethod<unknown, unknown>;
  const request = method.request.fromPartial({} as never);
  if (method.kind === "unary") return transport.unary(method, request);
  for await (const reply of transport.stream(method, only(request))) return reply;
  throw new Error(`${rpc} ended without a reply`);
}
