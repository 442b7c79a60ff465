import type { common } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { daprError, messageOf } from "../../errors/dapr-error.js";

/** One message of a stream that carries a document back. */
interface DocumentReply {
  readonly payload: common.StreamPayload;
}

/** Numbers the pieces of a document for the way back; what they throw becomes daprd's error. */
export async function* documentReplies(
  pieces: AsyncIterable<Buffer>,
  component: string,
): AsyncGenerator<DocumentReply, void, undefined> {
  let seq = 0n;
  try {
    for await (const data of pieces) if (data.length > 0) yield { payload: { data, seq: seq++ } };
  } catch (thrown) {
    if (MechaError.is(thrown) && (thrown.code === "CANCELLED" || thrown.code === "DEADLINE_EXCEEDED")) throw thrown;
    throw daprError("cryptoOperation", `failed to perform operation: ${messageOf(thrown)}`, {
      component,
      cause: thrown,
    });
  }
}
